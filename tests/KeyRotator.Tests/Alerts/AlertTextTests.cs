using FsCheck;
using FsCheck.Fluent;
using KeyRotator.Alerts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

public sealed class AlertTextTests
{
    [Theory]
    [InlineData("a\r\nb\tc", "a  b c")]
    [InlineData("a\0\u0007\u001b[31mb", "a   [31mb")]
    [InlineData("\u202Eevil\u2066x\u2069\u200F", " evil x  ")]
    [InlineData("line\u2028para\u2029", "line para ")]
    [InlineData("👩‍🔧 ok", "👩‍🔧 ok")]
    public void Line_WhatSteers_IsASpace(string text, string expected) => AlertText.Line(text, 100).ShouldBe(expected);

    [Fact]
    public void Line_AnyText_IsOneLineOfAtMostThatLength() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string?>(), Gen.Choose(2, 50).ToArbitrary(), (text, most) =>
        {
            var line = AlertText.Line(text ?? "", most);
            return line.Length <= most && !line.Any(char.IsControl);
        }).QuickCheckThrowOnFailure();
}
