using System.Text;
using FsCheck;
using FsCheck.Fluent;
using KeyRotator.Keys;
using Xunit;

namespace KeyRotator.Tests.Configuration;

public sealed class HostileInputTests : IDisposable
{
    private static readonly byte[] s_good = Encoding.UTF8.GetBytes(Examples.Full);
    private readonly SettingsFolder _folder = new();

    [Fact]
    public void Load_ArbitraryBytes_EndsInSettingsOrFaults() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => IsAnswered(bytes)).QuickCheckThrowOnFailure();

    [Fact]
    public void Load_ArbitraryYamlLetters_EndsInSettingsOrFaults() =>
        Prop.ForAll(Text("[]{}:,-?&*!|>'\"%@`# \n\t$<~.ab0\\"), text => IsAnswered(Encoding.UTF8.GetBytes(text))).Check(Many());

    [Fact]
    public void Load_GoodFileWithAByteChanged_EndsInSettingsOrFaults() =>
        Prop.ForAll(Edits(), edit => IsAnswered(edit.Replace(s_good))).Check(Many());

    [Fact]
    public void Load_GoodFileWithAPieceMoved_EndsInSettingsOrFaults() =>
        Prop.ForAll(Edits(), Edits(), (from, to) => IsAnswered(to.Insert(s_good, from))).Check(Many());

    [Fact]
    public void Load_GoodFileCutShort_EndsInSettingsOrFaults() =>
        Prop.ForAll(Edits(), edit => IsAnswered(s_good[..edit.At])).Check(Many());

    [Fact]
    public void Load_AnyKeyId_IsTakenExactlyWhereItIsOne() =>
        Prop.ForAll(Text("aZ09._-/ é\n$"), id => (SettingsFolder.LoadText(KeyOf(id)).Settings is not null) == KeyId.TryParse(id, out _))
            .QuickCheckThrowOnFailure();

    public void Dispose() => _folder.Dispose();

    private bool IsAnswered(byte[] content)
    {
        var result = _folder.Load(_folder.Write("k.yaml", content));
        return result.Settings is null == result.Faults.Count > 0
            && result.Faults.All(fault => fault is { Line: > 0, Column: > 0, Message.Length: > 0 });
    }

    private static string KeyOf(string id) =>
        $"stores: {{ env: {{ kind: env }} }}\nkeys: {{ \"{id.Replace("\n", "\\n")}\": {{ provider: mistral, locations: [{{ store: env, name: A }}] }} }}";

    private static Arbitrary<string> Text(string letters) =>
        Gen.Elements(letters.ToCharArray()).ArrayOf().Select(chosen => new string(chosen)).ToArbitrary();

    private static Arbitrary<Edit> Edits() =>
        Gen.Choose(0, s_good.Length - 1).SelectMany(at => Gen.Choose(0, 255).Select(value => new Edit(at, (byte)value))).ToArbitrary();

    private static Config Many() => Config.QuickThrowOnFailure.WithMaxTest(500);

    private sealed record Edit(int At, byte Value)
    {
        public byte[] Replace(byte[] content) => [.. content[..At], Value, .. content[(At + 1)..]];

        public byte[] Insert(byte[] content, Edit from) => [.. content[..At], .. content.Skip(from.At).Take(from.Value), .. content[At..]];
    }
}
