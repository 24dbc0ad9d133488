using System.Globalization;
using System.Text;
using KeyRotator.Keys;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

public sealed class LargeInventoryTests
{
    private const int Keys = 100_000;

    [Fact]
    public void Load_AHundredThousandKeys_SharesWhatTheyShare()
    {
        var keys = SettingsFolder.Good(Inventory()).Keys;

        keys.Count.ShouldBe(Keys);
        keys.All(key => IsShared(key, keys[0])).ShouldBeTrue();
    }

    private static bool IsShared(ManagedKey key, ManagedKey first) =>
        ReferenceEquals(key.Policy, first.Policy) && ReferenceEquals(key.Provider, first.Provider)
            && ReferenceEquals(key.Labels, first.Labels)
        && ReferenceEquals(key.Environment, first.Environment) && ReferenceEquals(key.Primary.Store, first.Primary.Store);

    private static string Inventory()
    {
        var yaml = new StringBuilder("stores: { local: { kind: file, path: s.enc, passphrase: p } }\nkeys:\n");
        for (var number = 0; number < Keys; number++)
        {
            yaml.Append(CultureInfo.InvariantCulture,
                $"  team/key-{number}: {{ provider: mistral, environment: prod, owner: team, locations: [{{ store: local, name: key-{number} }}] }}\n");
        }

        return yaml.ToString();
    }
}
