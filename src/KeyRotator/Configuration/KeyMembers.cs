using KeyRotator.Configuration.Shapes;

namespace KeyRotator.Configuration;

/// <summary>The members of a key.</summary>
internal static class KeyMembers
{
    private static readonly ObjectShape<LocationDraft> s_location = Place("location")
        .Optional("follows", "Another system copies the first location's value here within this time; KeyRotator does not write it.",
            Values.Duration(TimeSpan.FromSeconds(1)).Located(),
            static (location, span) => location.Follows = span);

    /// <summary>A key.</summary>
    public static ObjectShape<KeyDraft> Shape(NameRule labels) => new ObjectShape<KeyDraft>("key", static _ => new())
        .Required("provider", "Provider instance that issued it.", Values.Name.Located(), static (key, name) => key.Provider = name)
        .Required("locations", "Where consumers read it, at least one. The first is the primary, the one that probes read.",
            new ListShape<LocationDraft>(s_location) { Least = 1 }, static (key, locations) => key.Locations = locations)
        .Optional("environment", "Environment it serves, for example prod.", Values.Text, static (key, text) => key.Environment = text)
        .Optional("owner", "Who answers for it.", Values.Text, static (key, text) => key.Owner = text)
        .Optional("labels", "Free labels.", new MapShape<string>(labels, Values.Text), static (key, map) => key.Labels = map)
        .Optional("expires", "Last day on which it works (UTC): 2027-01-31, or 2027-01-31@3f2a9c01b7de for one version.",
            Values.Expiry, static (key, statement) => key.Expires = statement)
        .Optional("models", "Models that its consumers use.",
            new ListShape<string>(Values.Text), static (key, models) => key.Models = models)
        .Optional("suspended", "Neither read nor probed, and alerts nobody. Default false.",
            Values.Flag, static (key, flag) => key.Suspended = flag)
        .Optional("holding", "Where a replacement waits for its time.", Place("holding"), static (key, location) => key.Holding = location)
        .Optional("previous", "Where the old value is kept during a rotation, for a store without history.",
            Place("previous"), static (key, location) => key.Previous = location)
        .WithPolicy(static key => key.Policy ??= new());

    private static ObjectShape<LocationDraft> Place(string name) => new ObjectShape<LocationDraft>(name, static at => new(at))
        .Required("store", "Name of a store.", Values.Name.Located(), static (location, store) => location.Store = store)
        .Required("name", "The secret's name or path, as that store spells it.",
            Values.Text, static (location, text) => location.Name = text)
        .Optional("field", "Member of a JSON secret. Default: the whole secret is the key.",
            Values.Text, static (location, text) => location.Field = text);
}
