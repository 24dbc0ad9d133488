using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using KeyRotator.Keys;
using KeyRotator.Stores;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

public sealed class JsonFieldsTests
{
    private static readonly SecretLocation s_field = new() { Store = "local", Name = "alpha", Field = "field" };

    private static readonly string[] s_others =
        ["1.50e+1", "-0", "null", "true", "[ ]", "{\"field\":\"inner\"}", "\"\\/\\u00FC\"", "[[{\"field\":1}]]"];

    [Theory]
    [InlineData("""{"field":"old"}""", """{"field":"new"}""", "only member")]
    [InlineData("""{"a":1,"field":"old","b":2}""", """{"a":1,"field":"new","b":2}""", "between others")]
    [InlineData("{\n  \"field\" :\t\"old\"\n}\n", "{\n  \"field\" :\t\"new\"\n}\n", "spacing and trailing newline stay")]
    [InlineData("""{"f\u0069eld":"o\u006cd"}""", """{"f\u0069eld":"new"}""", "the name keeps its escape")]
    [InlineData("""{"in":{"field":"old"},"field":"old"}""", """{"in":{"field":"old"},"field":"new"}""", "a nested namesake stays")]
    [InlineData("""{"n":1.50E+01,"s":"\/ü\u00fc","field":""}""", """{"n":1.50E+01,"s":"\/ü\u00fc","field":"new"}""", "numbers, escapes")]
    [InlineData("{}", """{"field":"new"}""", "added to nothing")]
    [InlineData("{ }\n", "{\"field\":\"new\" }\n", "added to nothing but space")]
    [InlineData("""{"a":1}""", """{"a":1,"field":"new"}""", "added behind one")]
    [InlineData("""{"a": 1, "b": 2}""", """{"a": 1, "b": 2, "field": "new"}""", "added with the spaces of the last")]
    [InlineData("{\n  \"a\": 1\n}", "{\n  \"a\": 1,\n  \"field\": \"new\"\n}", "added on a line of its own")]
    public void Replace_Object_ChangesNothingElse(string before, string after, string reason) =>
        Encoding.UTF8.GetString(JsonFields.Replace(Encoding.UTF8.GetBytes(before), s_field, new("new"))).ShouldBe(after, reason);

    [Theory]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF, (byte)'{', (byte)'}' }, "byte order mark")]
    [InlineData(new byte[] { (byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}' }, "not UTF-8")]
    [InlineData(new byte[] { (byte)'{', 0xC3 }, "UTF-8 cut short")]
    public void Read_BytesThatAreNoJson_Fails(byte[] bytes, string reason)
    {
        Should.Throw<SecretStoreException>(() => JsonFields.Read(bytes, s_field), reason);
        Should.Throw<SecretStoreException>(() => JsonFields.Replace(bytes, s_field, new("new")), reason);
    }

    [Fact]
    public void Read_ParseError_IsNotPassedOn() =>
        Should.Throw<SecretStoreException>(() => JsonFields.Read("{\"a\":quoted}"u8, s_field)).InnerException.ShouldBeNull();

    [Fact]
    public void Replace_AnyObject_ChangesTheFieldsValueAlone() =>
        Prop.ForAll(Objects().ToArbitrary(), Texts().ToArbitrary(), (pieces, value) =>
        {
            var before = Encoding.UTF8.GetBytes(pieces.Before + pieces.Value + pieces.After);

            var after = JsonFields.Replace(before, s_field, new(value));

            JsonFields.Read(after, s_field)!.Reveal().ShouldBe(value);
            var text = Encoding.UTF8.GetString(after);
            text.ShouldStartWith(pieces.Before, Case.Sensitive);
            text.ShouldEndWith(pieces.After, Case.Sensitive);
            JsonSerializer.Deserialize<string>(text[pieces.Before.Length..^pieces.After.Length]).ShouldBe(value);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Replace_AbsentMember_KeepsTheOldTextAroundIt() =>
        Prop.ForAll(Objects().ToArbitrary(), Texts().ToArbitrary(), (pieces, value) =>
        {
            var before = pieces.Before + pieces.Value + pieces.After;
            var added = s_field with { Field = "added" };

            var after = JsonFields.Replace(Encoding.UTF8.GetBytes(before), added, new(value));

            JsonFields.Read(after, added)!.Reveal().ShouldBe(value);
            var text = Encoding.UTF8.GetString(after);
            var end = before.LastIndexOf('}');
            text.ShouldStartWith(before[..end].TrimEnd(' ', '\t', '\r', '\n'), Case.Sensitive);
            text.ShouldEndWith(before[end..], Case.Sensitive);
        }).QuickCheckThrowOnFailure();

    /// <summary>Whatever bytes a store holds: an answer or the store's own exception, nothing else.</summary>
    [Fact]
    public void Read_AnyBytes_AnswersOrRefuses() =>
        Prop.ForAll(Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf().ToArbitrary(), bytes =>
        {
            byte[] inObject = [.. "{\"field\":\""u8, .. bytes, .. "\"}"u8];
            foreach (var candidate in new[] { bytes, inObject })
            {
                (Record.Exception(() => JsonFields.Read(candidate, s_field)) is null or SecretStoreException).ShouldBeTrue();
            }
        }).QuickCheckThrowOnFailure();

    private static Gen<Pieces> Objects() =>
        from spaces in Gen.Elements("", " ", "\n  ", "\t", "\r\n").ListOf(6)
        from front in Members("a")
        from back in Members("b")
        from value in Gen.Elements("\"\"", "\"old\"", "\"\\u006f\\n\\\"\"", "\"ü\"")
        from name in Gen.Elements("\"field\"", "\"f\\u0069eld\"")
        let members = string.Concat(front.Select(member => member + "," + spaces[1]))
        let before = $"{spaces[0]}{{{members}{spaces[2]}{name}{spaces[3]}:{spaces[4]}"
        let after = $"{spaces[1]}{string.Concat(back.Select(member => "," + spaces[5] + member + spaces[2]))}}}{spaces[3]}"
        select new Pieces(before, value, after);

    private static Gen<List<string>> Members(string prefix) =>
        from count in Gen.Choose(0, 3)
        from values in Gen.Elements(s_others).ListOf(count)
        select values.Select((value, index) => $"\"{prefix}{index}\" : {value}").ToList();

    private static Gen<string> Texts() =>
        Gen.Elements("k", "-", "\"", "\\", "/", "<", "+", "\n", "\u0000", "\u007f", "ü", "\u2028", "🔑").ListOf().Select(string.Concat);

    private sealed record Pieces(string Before, string Value, string After);
}
