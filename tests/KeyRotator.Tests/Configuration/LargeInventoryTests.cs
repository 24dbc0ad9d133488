using System.Text;
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
        keys.ShouldAllBe(key => ReferenceEquals(key.Policy, keys[0].Policy));
        keys.ShouldAllBe(key => ReferenceEquals(key.Provider, keys[0].Provider) && ReferenceEquals(key.Environment, keys[0].Environment));
        keys.ShouldAllBe(key => ReferenceEquals(key.Primary.Store, keys[0].Primary.Store) && ReferenceEquals(key.Labels, keys[0].Labels));
    }

    private static string Inventory()
    {
        var yaml = new StringBuilder("stores: { local: { kind: file, path: s.enc, passphrase: p } }\nkeys:\n");
        for (var number = 0; number < Keys; number++)
        {
            yaml.Append(System.Globalization.CultureInfo.InvariantCulture, $"  team/key-{number}: {{ provider: mistral, environment: prod, owner: team, locations: [{{ store: local, name: key-{number} }}] }}\n");
        }

        return yaml.ToString();
    }
}
