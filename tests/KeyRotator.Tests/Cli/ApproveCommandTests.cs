using KeyRotator.Keys;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

/// <summary><c>rotations approve</c>, and who may say it.</summary>
public sealed class ApproveCommandTests
{
    [Fact]
    public async Task Rotate_ApprovalNeeded_Exits4AndSaysWhatSomebodyElseTypes()
    {
        await using var world = await ApprovalWorld.StartAsync();

        var printed = await world.As("ana@desk").RunAsync(world.Issue(), ["rotate", "search"]);

        printed.ExitCode.ShouldBe(4, printed.Error);
        printed.Out.ShouldContain("It waits at local:next for somebody else's approval.");
        printed.Out.ShouldContain("keyrotator rotations approve 1");
        (await world.ReadAsync("local", "search")).ShouldBe(world.Old);
        (await world.RunAsync("check", "search")).ExitCode.ShouldBe(4);
        (await world.RunAsync("rotations", "list")).Out.ShouldContain("waits for approval");
        (await world.RunAsync("status")).Out.ShouldContain("ApprovalWaiting");
    }

    [Fact]
    public async Task Approve_BySomebodyElse_ShowsWhatItIsAndGoesLive()
    {
        await using var world = await ApprovalWorld.StartAsync();
        var value = await world.SubmitAsync();
        world.As("ben@desk").Terminal = new(RotateWorld.Typing("y\r"));

        var printed = await world.RunAsync("rotations", "approve", "1");

        printed.ExitCode.ShouldBe(0, printed.Error);
        printed.Error.ShouldContain("Let rotation 1 go live? [y/N]");
        printed.Out.ShouldContain("provider    mistral");
        printed.Out.ShouldContain("by          ana@desk, ");
        printed.Out.ShouldContain("written to  local:search");
        printed.Out.ShouldContain("answer: The provider accepted it twice.");
        (await world.ReadAsync("local", "search")).ShouldBe(value);
        (await world.ReadAsync("other", "search")).ShouldBe(value);
        (await world.ReadAsync("local", "next")).ShouldBeNull();
        (await world.RunAsync("rotations", "show", "1")).Out.ShouldContain("approval    by ben@desk");
    }

    [Theory]
    [InlineData("n\r")]
    [InlineData("\r")]
    public async Task Approve_AnswerIsNotYes_ChangesNothing(string answer)
    {
        await using var world = await ApprovalWorld.StartAsync();
        await world.SubmitAsync();
        world.As("ben@desk").Terminal = new(RotateWorld.Typing(answer));

        var printed = await world.RunAsync("rotations", "approve", "1");

        printed.ExitCode.ShouldBe(4);
        printed.Error.ShouldContain("Not approved. Nothing was changed.");
        (await world.ReadAsync("local", "search")).ShouldBe(world.Old);
    }

    [Fact]
    public async Task Approve_NoTerminal_NeedsTheWord()
    {
        await using var world = await ApprovalWorld.StartAsync();
        await world.SubmitAsync();

        (await world.As("ben@desk").RunAsync("rotations", "approve", "1")).ExitCode.ShouldBe(2);
        (await world.RunAsync("rotations", "approve", "1", "--yes")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Approve_Json_HasWhatWasShownAndTheRotation()
    {
        await using var world = await ApprovalWorld.StartAsync();
        await world.SubmitAsync();

        var printed = await world.As("ben@desk").RunAsync("rotations", "approve", "1", "--yes", "-o", "json");

        Json.Members(printed.Lines[0].GetProperty("approval")).ShouldBe(
        [
            "id", "key", "submittedBy", "submittedAt", "provider", "account", "oldFingerprint", "newFingerprint", "emergency", "locations",
            "dueAt", "modelsLost", "modelsGained",
        ]);
        printed.Lines[^1].GetProperty("approvedBy").GetString().ShouldBe("ben@desk");
        printed.Lines[^1].GetProperty("phase").GetString().ShouldBe("Overlap");
    }

    [Fact]
    public async Task Approve_BadKeyByNow_IsNotApproved()
    {
        await using var world = await ApprovalWorld.StartAsync();
        world.Revoke(await world.SubmitAsync());

        var printed = await world.As("ben@desk").RunAsync("rotations", "approve", "1", "--yes");

        printed.ExitCode.ShouldBe(4);
        printed.Out.ShouldContain("The provider refused it");
        (await world.ReadAsync("local", "search")).ShouldBe(world.Old);
        (await world.RunAsync("rotations", "show", "1")).Out.ShouldContain("none yet");
    }

    [Theory]
    [InlineData("ana@desk", null, "nobody approves what is their own")]
    [InlineData("ana@bastion", null, "use one account")]
    [InlineData("ana@desk", ApprovalWorld.BensToken, "not both gave an operator's token")]
    [InlineData("ben@desk", "wrong-0123456789abcdef0123456789abcdef", "is none of the configured operators'")]
    [InlineData("ben@desk", "short", "is none of the configured operators'")]
    public async Task Approve_ByWhoMayNot_IsRefusedBeforeAnythingIsRead(string account, string? token, string message)
    {
        await using var world = await ApprovalWorld.StartAsync();
        await world.SubmitAsync();

        var printed = await world.As(account, token).RunAsync("rotations", "approve", "1", "--yes");

        printed.ExitCode.ShouldBe(2);
        printed.Error.ShouldContain(message);
        printed.Out.ShouldBeEmpty();
        printed.Error.ShouldNotContain(token ?? "no token");
        (await world.ReadAsync("local", "search")).ShouldBe(world.Old);
    }

    [Fact]
    public async Task Approve_OneAccountTwoTokens_IsTwoPeople()
    {
        await using var world = await ApprovalWorld.StartAsync();
        await world.As("ops@bastion", ApprovalWorld.AnasToken).RunAsync(world.Issue(), ["rotate", "search"]);
        (await world.RunAsync("rotations", "approve", "1", "--yes")).Error.ShouldContain("ana handed it in");

        var printed = await world.As("ops@bastion", ApprovalWorld.BensToken)
            .RunAsync("rotations", "approve", "1", "--yes", "-o", "json");

        printed.ExitCode.ShouldBe(0, printed.Error);
        printed.Lines[^1].GetProperty("actor").GetString().ShouldBe("ana (ops@bastion)");
        printed.Lines[^1].GetProperty("approvedBy").GetString().ShouldBe("ben (ops@bastion)");
        var audit = (await world.As("ops@bastion").RunAsync("audit", "list", "-o", "json")).Out;
        audit.ShouldContain("ben (ops@bastion)");
        audit.ShouldContain("rotations approve");
        audit.ShouldNotContain(ApprovalWorld.BensToken);
    }

    [Fact]
    public async Task Approve_TokenFromAFile_IsTheOperators()
    {
        await using var world = await ApprovalWorld.StartAsync();
        await world.SubmitAsync();

        var printed = await world.As("ops@bastion")
            .RunAsync("rotations", "approve", "1", "--yes", "--operator-token-file", "ana.token", "-o", "json");

        printed.ExitCode.ShouldBe(0, printed.Error);
        printed.Lines[^1].GetProperty("approvedBy").GetString().ShouldBe("ana (ops@bastion)");
    }

    [Theory]
    [InlineData("no.token", "cannot be read")]
    [InlineData("empty.token", "There is no token in 'empty.token'")]
    [InlineData("large.token", "no token is so long")]
    public async Task Act_TokenFileThatIsNone_IsRefused(string file, string message)
    {
        await using var world = await ApprovalWorld.StartAsync();
        world.Write("empty.token", "\n");
        world.Write("large.token", new string('x', 5000));

        var printed = await world.As("ops@bastion").RunAsync("rotations", "list", "--operator-token-file", file);

        printed.ExitCode.ShouldBe(2);
        printed.Error.ShouldContain(message);
    }

    [Fact]
    public async Task Act_TokenWhereNoOperatorsAre_IsRefused()
    {
        await using var world = await RotateWorld.StartAsync();

        var printed = await world.As("ops@bastion", ApprovalWorld.AnasToken).RunAsync("status");

        printed.ExitCode.ShouldBe(2);
        printed.Error.ShouldContain("names no `operators`");
    }

    [Fact]
    public async Task Approve_OneThatHasEndedOrIsUnknown_IsRefused()
    {
        await using var world = await ApprovalWorld.StartAsync();
        await world.SubmitAsync();
        await world.As("ben@desk").RunAsync("rotations", "abandon", "1");

        var ended = await world.RunAsync("rotations", "approve", "1", "--yes");
        var unknown = await world.RunAsync("rotations", "approve", "7", "--yes");

        (ended.ExitCode, unknown.ExitCode).ShouldBe((2, 2));
        ended.Error.ShouldContain("has ended as Abandoned");
        unknown.Error.ShouldContain("There is no rotation 7");
        (await world.ReadAsync("local", "next")).ShouldBeNull();
    }

    [Fact]
    public async Task Approve_Twice_IsRefused()
    {
        await using var world = await ApprovalWorld.StartAsync();
        await world.SubmitAsync();
        await world.As("ben@desk").RunAsync("rotations", "approve", "1", "--yes");

        var printed = await world.RunAsync("rotations", "approve", "1", "--yes");

        printed.ExitCode.ShouldBe(2);
        printed.Error.ShouldContain("was approved already, by ben@desk");
    }

    [Fact]
    public async Task Approve_Nobody_LapsesAtTheNextCheck()
    {
        await using var world = await ApprovalWorld.StartAsync();
        await world.SubmitAsync();
        world.Clock.Advance(TimeSpan.FromDays(7));

        await world.As("ops@test").RunAsync("check");

        (await world.CheckUntilAsync(RotationPhase.Refused)).Outcome!.ShouldContain("nobody approved it");
        (await world.ReadAsync("local", "next")).ShouldBeNull();
        (await world.RunAsync("status")).Out.ShouldNotContain("ApprovalWaiting");
    }
}
