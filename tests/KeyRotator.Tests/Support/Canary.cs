using KeyRotator.Secrets;
using Shouldly;

namespace KeyRotator.Tests.Support;

/// <summary>A made-up key whose text must appear nowhere but where it is meant to.</summary>
internal sealed class Canary
{
    public string Text { get; } = "canary" + Guid.NewGuid().ToString("N");

    public SecretValue Value => new(Text);

    /// <summary>Fails where the text, or any run of eight of its characters, is in what was captured.</summary>
    public void ShouldBeAbsentFrom(string? captured)
    {
        var runs = Enumerable.Range(6, Text.Length - 13).Select(start => Text.Substring(start, 8));
        runs.ShouldAllBe(run => captured == null || !captured.Contains(run, StringComparison.OrdinalIgnoreCase));
    }
}
