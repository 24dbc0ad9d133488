using System.Text.Json;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

/// <summary><c>rotate --at</c>.</summary>
public sealed class RotateAtTests
{
    [Fact]
    public async Task Rotate_At_WaitsAndTheCheckAfterThatTimeCarriesItOut()
    {
        await using var world = await ApprovalWorld.StartAsync();
        await world.InstallAsync("mistral", ("local", "chat"));
        var value = world.Issue();

        var printed = await world.RunAsync(value, ["rotate", "chat", "--at", At(world, TimeSpan.FromDays(1)), "-o", "json"]);

        printed.ExitCode.ShouldBe(0, printed.Error);
        var last = printed.Lines[^1];
        last.GetProperty("phase").GetString().ShouldBe("Held");
        last.GetProperty("dueAt").GetString().ShouldBe(last.GetProperty("nextAt").GetString());
        last.GetProperty("locations")[1].GetProperty("holdsNew").GetBoolean().ShouldBeTrue();
        (await world.ReadAsync("other", "next")).ShouldBe(value);
        await world.RunAsync("check");
        (await world.ReadAsync("local", "chat")).ShouldNotBe(value);

        world.Clock.Advance(TimeSpan.FromDays(1));
        await world.RunAsync("check");

        (await world.ReadAsync("local", "chat")).ShouldBe(value);
        (await world.ReadAsync("other", "next")).ShouldBeNull();
    }

    [Fact]
    public async Task Show_OneThatWaits_SaysWhereAndUntilWhen()
    {
        await using var world = await ApprovalWorld.StartAsync();
        await world.InstallAsync("mistral", ("local", "chat"));
        await world.RunAsync(world.Issue(), ["rotate", "chat", "--at", At(world, TimeSpan.FromDays(1))]);

        var printed = await world.RunAsync("rotations", "show", "1");

        printed.Out.ShouldContain("waits at    other:next  Done");
        printed.Out.ShouldContain("goes live   ");
        printed.Out.ShouldContain("To call it off: keyrotator rotations abandon 1");
    }

    [Fact]
    public async Task Status_OneThatWaits_SaysWhatForAndUntilWhen()
    {
        await using var world = await ApprovalWorld.StartAsync();
        await world.InstallAsync("mistral", ("local", "chat"));
        await world.RunAsync(world.Issue(), ["rotate", "chat", "--at", At(world, TimeSpan.FromDays(1))]);
        await world.SubmitAsync();

        (await world.RunAsync("status")).Out.ShouldContain("chat: a new key waits and goes live at ");
        var keys = (await world.RunAsync("status", "-o", "json")).Lines[0].GetProperty("keys").EnumerateArray()
            .ToDictionary(key => key.GetProperty("id").GetString()!, key => key.GetProperty("waitingRotation"));
        keys["vision"].ValueKind.ShouldBe(JsonValueKind.Null);
        Json.Members(keys["chat"]).ShouldBe(["id", "dueAt", "lapsesAt", "awaitsApproval"]);
        keys["chat"].GetProperty("awaitsApproval").GetBoolean().ShouldBeFalse();
        keys["search"].GetProperty("awaitsApproval").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Rotate_DryRunAt_SaysWhereItWouldWaitAndWritesNothing()
    {
        await using var world = await ApprovalWorld.StartAsync();
        await world.InstallAsync("mistral", ("local", "chat"));

        var printed = await world.RunAsync(world.Issue(), ["rotate", "chat", "--dry-run", "--at", At(world, TimeSpan.FromDays(1))]);

        printed.ExitCode.ShouldBe(0, printed.Error);
        printed.Out.ShouldContain("other:next would hold it until ");
        (await world.ReadAsync("other", "next")).ShouldBeNull();
        (await world.RotationsAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData("tomorrow", "--at takes a time with its offset")]
    [InlineData("2026-12-01", "--at takes a time with its offset")]
    [InlineData("2026-12-01T03:00", "--at takes a time with its offset")]
    [InlineData("2026-13-01T03:00Z", "--at takes a time with its offset")]
    [InlineData("2020-01-31T03:00Z", "is past")]
    [InlineData("2099-01-31T03:00:00.5+01:00", "is more than 7 days ahead")]
    public async Task Rotate_BadTime_IsRefusedBeforeTheValueIsAskedFor(string text, string message)
    {
        await using var world = await ApprovalWorld.StartAsync();
        world.Terminal = new();

        var printed = await world.RunAsync("rotate", "chat", "--at", text);

        printed.ExitCode.ShouldBe(2);
        printed.Error.ShouldContain(message);
        (await world.RotationsAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Rotate_AtWithoutAPlaceAndAnEmergency_SaysAllThatIsWrong()
    {
        await using var world = await ApprovalWorld.StartAsync();
        world.Terminal = new();

        var printed = await world.RunAsync("rotate", "vision", "--at", "2020-01-31T03:00Z", "--emergency");

        printed.ExitCode.ShouldBe(2);
        printed.Error.ShouldContain("is past");
        printed.Error.ShouldContain("--at and --emergency contradict each other");
        printed.Error.ShouldContain("vision has no place where its new value could wait");
        printed.Error.ShouldContain("`holding: { store: …, name: … }`");
    }

    [Fact]
    public async Task Rotate_StrangersValueInTheHoldingPlace_IsRefused()
    {
        await using var world = await ApprovalWorld.StartAsync();
        await world.InstallAsync("mistral", ("local", "chat"));
        await world.PutAsync("other", "next", "somebody-elses");

        var printed = await world.RunAsync(world.Issue(), ["rotate", "chat", "--at", At(world, TimeSpan.FromDays(1))]);

        printed.ExitCode.ShouldBe(2);
        printed.Error.ShouldContain("never waited there for chat");
        (await world.ReadAsync("other", "next")).ShouldBe("somebody-elses");
    }

    private static string At(RotateWorld world, TimeSpan ahead) => $"{world.Clock.GetUtcNow() + ahead:yyyy-MM-dd'T'HH:mm:ss}Z";
}
