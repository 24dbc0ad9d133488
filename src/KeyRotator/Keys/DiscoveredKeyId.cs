using System.Security.Cryptography;
using System.Text;

namespace KeyRotator.Keys;

/// <summary>Names keys that are found by tag: <c>store/name</c> or <c>store/name/field</c>. What an id cannot hold becomes <c>-</c>, what
/// is too long is cut, and then, as where the id is another key's, twelve digits of the place's SHA-256 stand at the end.</summary>
public static class DiscoveredKeyId
{
    private const int Digits = 12;

    /// <summary>The id of a place, the same for all time.</summary>
    public static KeyId Of(SecretLocation location) => KeyId.TryParse(Text(location), out var id) ? id : Distinct(location);

    /// <summary>The id of a place whose plain one is not to be had.</summary>
    public static KeyId Distinct(SecretLocation location)
    {
        var place = Encoding.UTF8.GetBytes($"{location.Store}\0{location.Name}\0{location.Field}");
        var digest = Convert.ToHexStringLower(SHA256.HashData(place))[..Digits];
        var legible = Text(location).Take(KeyId.MaxLength - Digits - 1).Select(letter => KeyId.Allows(letter) ? letter : '-');
        return KeyId.Parse($"{string.Concat(legible)}-{digest}");
    }

    private static string Text(SecretLocation location) => location.Field is null
        ? $"{location.Store}/{location.Name}"
        : $"{location.Store}/{location.Name}/{location.Field}";
}
