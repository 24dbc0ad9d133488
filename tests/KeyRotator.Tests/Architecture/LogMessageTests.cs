using System.Reflection;
using System.Text.RegularExpressions;
using KeyRotator.Secrets;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Architecture;

/// <summary>Log events are declared, numbered and named.</summary>
public sealed partial class LogMessageTests
{
    private static readonly MethodInfo[] s_methods =
    [
        .. typeof(SecretValue).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(method => method.GetCustomAttribute<LoggerMessageAttribute>() is not null),
    ];

    public static TheoryData<int> Events => [.. s_methods.Select(IdOf)];

    [Fact]
    public void Events_All_HaveNumbersOfTheirOwn() => s_methods.Select(IdOf).ShouldBeUnique();

    [Theory]
    [MemberData(nameof(Events))]
    public void Event_Number_IsInItsFeaturesRange(int id)
    {
        var feature = Method(id).DeclaringType!.Namespace!.Split('.')[1];

        (id / 1000 * 1000).ShouldBe(RangeOf(feature));
    }

    [Theory]
    [MemberData(nameof(Events))]
    public void Event_Method_IsPrivateAndSaysThatItLogs(int id)
    {
        Method(id).IsPrivate.ShouldBeTrue();
        Method(id).Name.ShouldStartWith("Log");
    }

    [Theory]
    [MemberData(nameof(Events))]
    public void Event_Placeholders_ArePascalCaseAndNoSecrets(int id)
    {
        var message = Method(id).GetCustomAttribute<LoggerMessageAttribute>()!.Message;

        Placeholder().Matches(message).Select(match => match.Groups[1].Value).ShouldAllBe(name => char.IsAsciiLetterUpper(name[0]));
        Method(id).GetParameters().ShouldNotContain(parameter => parameter.ParameterType == typeof(SecretValue));
    }

    [Fact]
    public void Logging_InAnyType_GoesThroughDeclaredEvents() =>
        TypeUses.All.Where(use => use.Used == typeof(LoggerExtensions)).Select(use => use.User.FullName).ShouldBeEmpty();

    private static int RangeOf(string feature) => feature switch
    {
        "Keys" => 1000,
        "Stores" => 2000,
        "Validation" or "Ledger" => 3000,
        "Expiry" => 4000,
        "Rotation" => 5000,
        "Alerts" => 6000,
        "Hosting" or "Configuration" => 7000,
        _ => 0,
    };

    private static MethodInfo Method(int id) => s_methods.First(method => IdOf(method) == id);

    private static int IdOf(MethodInfo method) => method.GetCustomAttribute<LoggerMessageAttribute>()!.EventId;

    [GeneratedRegex(@"\{(\w+)")]
    private static partial Regex Placeholder();
}
