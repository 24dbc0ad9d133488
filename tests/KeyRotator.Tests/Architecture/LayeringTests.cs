using KeyRotator.Providers;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Architecture;

/// <summary>Who may know whom. A new arrow in these tables is a decision, not a fix.</summary>
public sealed class LayeringTests
{
    private const string Ports = "Findings Keys Secrets";

    [Theory]
    [InlineData("Secrets", "", "the innermost")]
    [InlineData("Findings", "", "words only")]
    [InlineData("Audit", "Secrets", "the chain: no I/O, no clock")]
    [InlineData("Keys", "Findings Secrets", "the domain: no I/O, no clock")]
    [InlineData("Http", "", "senders, whoever uses them")]
    [InlineData("Metrics", "", "what is counted, and how it is told")]
    [InlineData("Expiry", Ports, "pure")]
    [InlineData("Providers", Ports, "pure: build a request, read an answer")]
    [InlineData("Stores", Ports + " Configuration Http Metrics", "adapters, and the settings that they are made from")]
    [InlineData("State", Ports + " Alerts Audit", "keeps what others decided")]
    [InlineData("Ledger", Ports + " Alerts Audit Configuration Providers State", "findings and what they tell, in one transaction")]
    [InlineData("Discovery", Ports + " Audit Configuration Ledger Providers State Stores", "keys that stores' tags name")]
    [InlineData("Validation", Ports + " Configuration Discovery Expiry Http Ledger Metrics Providers State Stores", "the checks")]
    [InlineData("Rotation", Ports + " Audit Configuration Discovery Ledger Providers State Stores Validation", "the saga")]
    public void Folder_Knows_OnlyThose(string folder, string allowed, string why) =>
        Known(folder).Except(allowed.Split(' ')).ShouldBeEmpty(why);

    [Theory]
    [InlineData("Cli", "Demo")]
    [InlineData("Demo", "Cli")]
    [InlineData("Hosting", "Cli Demo")]
    public void Folder_IsKnown_OnlyByThose(string folder, string allowed) =>
        TypeUses.All.Where(use => Folder(use.Used) == folder && Folder(use.User) != folder).Select(use => Folder(use.User)).Distinct()
            .Except([.. allowed.Split(' '), ""]).ShouldBeEmpty();

    [Theory]
    [InlineData("Providers", "Provider")]
    [InlineData("Stores", "Store")]
    [InlineData("Alerts", "Channel")]
    public void Adapters_Each_KnowNoOther(string folder, string suffix)
    {
        static bool IsOne(Type one, Type other) => one.IsAssignableTo(other) || other.IsAssignableTo(one); // one adapter in two classes
        bool IsAdapter(Type type) => Folder(type) == folder && type.IsClass && type.Name.EndsWith(suffix, StringComparison.Ordinal);

        // A deployment of Anyscale's own is an OpenAI-compatible server: that adapter answers for it.
        TypeUses.All.Where(use => IsAdapter(use.User) && IsAdapter(use.Used) && !IsOne(use.User, use.Used) && use.User != typeof(AnyscaleProvider)).Select(Arrow).ShouldBeEmpty();
        TypeUses.All.Count(use => IsAdapter(use.User)).ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Channels_Know_AlertsFindingsAndSecretsOnly() =>
        TypeUses.All.Where(use => use.User.Name.EndsWith("Channel", StringComparison.Ordinal) && Folder(use.User) == "Alerts")
            .Select(use => Folder(use.Used)).Distinct().Except(["Alerts", "Findings", "Secrets", ""]).ShouldBeEmpty();

    [Theory]
    [InlineData("Quartz", "Hosting")]
    [InlineData("YamlDotNet", "Configuration")]
    [InlineData("System.CommandLine", "Cli")]
    [InlineData("Spectre", "Cli")]
    [InlineData("Microsoft.Data.Sqlite", "State")]
    [InlineData("SQLitePCL", "State")]
    [InlineData("Dapper", "State")]
    [InlineData("Npgsql", "State")]
    [InlineData("OpenTelemetry", "Hosting")]
    [InlineData("Amazon", "Stores")]
    [InlineData("Google", "Stores")]
    [InlineData("Azure", "Stores")]
    public void Library_IsKnown_OnlyInItsFolder(string library, string folder) =>
        TypeUses.All.Where(use => Belongs(use.Used, library) && Folder(use.User) != folder && !(library == "Quartz" && use.User.Name.EndsWith("Job", StringComparison.Ordinal)))
            .Select(Arrow).ShouldBeEmpty();

    [Theory]
    [InlineData("Quartz")]
    [InlineData("YamlDotNet")]
    [InlineData("System.CommandLine")]
    [InlineData("Microsoft.Data.Sqlite")]
    [InlineData("Amazon")]
    [InlineData("Azure")]
    public void Library_InUse_IsSeenByTheseTests(string library) => TypeUses.All.ShouldContain(use => Belongs(use.Used, library));

    [Fact]
    public void Clock_IsRead_ThroughTimeProviderOnly() =>
        TypeUses.All.Where(use => use.Member?.Name is "get_UtcNow" or "get_Now" or "get_Today" && use.Used.Namespace == "System")
            .Select(Arrow).ShouldBeEmpty();

    private static IEnumerable<string> Known(string folder) =>
        TypeUses.All.Where(use => Folder(use.User) == folder).Select(use => Folder(use.Used)).Distinct().Except([folder, ""]);

    // The first part of the namespace below the product's own; empty for foreign types.
    private static string Folder(Type type) =>
        type.Namespace?.Split('.') is ["KeyRotator", var folder, ..] ? folder : "";

    private static bool Belongs(Type type, string library) =>
        type.Namespace == library || type.Namespace?.StartsWith(library + ".", StringComparison.Ordinal) == true;

    private static string Arrow(TypeUse use) => $"{use.User.FullName} -> {use.Used.FullName}.{use.Member?.Name}";
}
