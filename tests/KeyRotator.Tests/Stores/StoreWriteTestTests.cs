using KeyRotator.Keys;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

public sealed class StoreWriteTestTests
{
    private readonly WritableMemoryStore _store = new();
    private readonly ManualClock _clock = new();
    private readonly List<string> _told = [];

    private TrialSecret Secret { get; } = TrialSecret.Create("mine", "prod/", new ManualClock().GetUtcNow(), new Random(7));

    private string Name => Secret.Location.Name;

    [Fact]
    public async Task Run_StoreThatIgnoresConditions_FailsAndRemoves()
    {
        _store.IgnoresConditions = true;

        var steps = await RunAsync();

        var failed = steps.Single(step => !step.Passed);
        (failed.Name, failed.Message).ShouldBe(("refuse a write that expects the first",
            "it was taken: a rotation here could overwrite what somebody else writes in the same moment."));
        _store.Secrets.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_ReadingGivesSomethingElse_FailsAndRemoves()
    {
        var test = RunAsync(() => _store.Reads = _store.Secrets.Count > 0 ? "cached" : null);

        (await test).Single(step => !step.Passed).Name.ShouldBe("read it back");
        _store.Secrets.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_RemovalDenied_NamesWhatIsLeftAndTheRight()
    {
        _store.Fails["remove"] = Denied("remove", "x:Delete");

        var last = (await RunAsync())[^1];

        last.ShouldBe(new StoreTestStep(
            $"remove {Name}", false,
            $"it may not. The secret {Name} is left behind: remove it by hand, or put that right and run this again in five minutes."
            + " Missing: x:Delete")
        { MissingPermission = "x:Delete", Took = TimeSpan.Zero });
    }

    [Fact]
    public async Task Run_WritingDenied_TriesNothingElseAndRemovesAllTheSame()
    {
        _store.Fails["write"] = Denied("write", "x:Put");

        var steps = await RunAsync();

        steps.Select(step => (step.Name, step.Passed)).ShouldBe(
            [("look for leftovers", true), ($"write {Name}", false), ($"remove {Name}", true)]);
        steps[1].Message.ShouldBe("it may not. Missing: x:Put");
    }

    [Fact]
    public async Task Run_ListingDenied_SaysWhatToRemoveByHand()
    {
        _store.Fails["list"] = Denied("list", "x:List");

        var steps = await RunAsync();

        steps.ShouldAllBe(step => step.Passed);
        steps[0].Message.ShouldBe(
            "secrets cannot be listed; if a test was killed before, remove by hand what is named prod/keyrotator-probe-...");
    }

    [Fact]
    public async Task Run_NameIsTaken_LeavesIt()
    {
        _store.Secrets[Name] = ["theirs"];

        var steps = await RunAsync();

        steps[1].Message.ShouldBe("a secret of that name is there already, and is left as it is.");
        steps[^1].Passed.ShouldBeFalse();
        _store.Secrets[Name].ShouldBe(["theirs"]);
    }

    [Fact]
    public async Task Run_LeftoverThatCannotBeRemoved_IsNamed()
    {
        var left = TrialSecret.Create("mine", "prod/", _clock.GetUtcNow().AddHours(-1), new Random(8));
        _store.Secrets[left.Location.Name] = [left.Value(1).Reveal()];
        _store.Fails["remove"] = Denied("remove", "x:Delete");

        (await RunAsync())[0].Message.ShouldBe($"{left.Location.Name} was left behind by a test: it may not. Missing: x:Delete");
    }

    [Fact]
    public async Task Run_LeftoverOfAnotherFolder_IsNotLookedFor()
    {
        var left = TrialSecret.Create("mine", "dev/", _clock.GetUtcNow().AddHours(-1), new Random(8));
        _store.Secrets[left.Location.Name] = [left.Value(1).Reveal()];

        (await RunAsync())[0].Message.ShouldBe("there are none");

        _store.Secrets.Keys.ShouldBe([left.Location.Name]);
    }

    [Fact]
    public async Task Run_DefectInTheMiddle_RemovesOrSaysWhatIsLeft()
    {
        await Should.ThrowAsync<InvalidOperationException>(() => RunAsync(() => Defect(canRemove: true)));
        (_store.Secrets.Count, _told.Count).ShouldBe((0, 0));

        await Should.ThrowAsync<InvalidOperationException>(() => RunAsync(() => Defect(canRemove: false)));
        _told.ShouldBe(
            [$"Store mine: the secret {Name} may be left behind: remove it by hand, or run this again in five minutes."]);
    }

    [Theory]
    [InlineData("prod/")]
    [InlineData("")]
    [InlineData("team/keyrotator-probe-")]
    public void Create_Secret_IsFoundByItsName(string folder)
    {
        var now = _clock.GetUtcNow();
        var secret = TrialSecret.Create("mine", folder, now, new Random(7));

        secret.Location.Name.ShouldStartWith(folder + "keyrotator-probe-20261121100000-");
        var found = TrialSecret.Find("mine", secret.Location.Name);
        found.ShouldBe(secret);
        found!.MadeAt.ShouldBe(now);
        secret.Values.Select(value => value.Reveal()).ShouldBeUnique();
        TrialSecret.Create("mine", folder, now, new Random(8)).Location.Name.ShouldNotBe(secret.Location.Name);
    }

    [Theory]
    [InlineData("keyrotator-probe-")]
    [InlineData("keyrotator-probe-20261121100000-0a1b2c3d4")]
    [InlineData("keyrotator-probe-20261121100000-0a1b2c3d/prod")]
    [InlineData("keyrotator-probe-20269921100000-0a1b2c3d")]
    [InlineData("prod/llm")]
    public void Find_OtherName_IsNull(string name) => TrialSecret.Find("mine", name).ShouldBeNull();

    [Theory]
    [InlineData("", "nothing is declared")]
    [InlineData("", "at the root", "llm")]
    [InlineData("prod/", "one", "prod/llm")]
    [InlineData("prod/", "several", "prod/llm/mistral", "prod/llmx", "prod/llm/openai")]
    [InlineData("prod/llm/", "deeper", "prod/llm/mistral", "prod/llm/openai")]
    [InlineData("", "nothing shared", "prod/llm", "dev/llm")]
    [InlineData("prod/", "an ARN", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/llm-a1B2c3", "prod/other")]
    public void Of_DeclaredNames_IsTheFolderTheyShare(string expected, string reason, params string[] names) =>
        TrialFolder.Of(names).ShouldBe(expected, reason);

    private static SecretStoreException Denied(string operation, string permission) =>
        new("mine", operation, new SecretLocation { Store = "mine", Name = "n" }, isTransient: false, "it may not.")
        {
            MissingPermission = permission,
        };

    private void Defect(bool canRemove)
    {
        if (_store.Secrets.Count > 0)
        {
            if (!canRemove)
            {
                _store.Fails["remove"] = Denied("remove", "x:Delete");
            }

            throw new InvalidOperationException();
        }
    }

    private Task<IReadOnlyList<StoreTestStep>> RunAsync(Action? beforeReading = null)
    {
        _store.BeforeReading = beforeReading;
        return new StoreWriteTest(_store, Secret, new(_clock), _clock, _told.Add).RunAsync(TestContext.Current.CancellationToken);
    }
}
