using KeyRotator.Keys;
using KeyRotator.Rotation;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>Somebody else writes between any two calls: his value is never overwritten unseen.</summary>
public sealed class ForeignWriterTests
{
    private const string Foreign = "somebody-elses-value-3c1d";
    private const int Enough = 40;

    public static TheoryData<int, bool> Moments
    {
        get
        {
            var moments = new TheoryData<int, bool>();
            for (var moment = 0; moment < Enough; moment++)
            {
                moments.Add(moment, true);
                moments.Add(moment, false);
            }

            return moments;
        }
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Rotation_ForeignValueAtAnyMoment_IsLeftAsItIs(int moment, bool isAtStaging)
    {
        await using var world = await RotationWorld.StartAsync();
        var journal = await world.SubmitAsync();
        LabStore store = isAtStaging ? world.Staging : world.Plain;
        var isWritten = Write(world, moment, () => store.Put("llm", Foreign));

        await world.CarryOnAsync(journal, RotationWorld.New);

        if (isWritten())
        {
            store.Current("llm").ShouldBe(Foreign, string.Join('\n', await world.StoryAsync()));
            store.SeenBy("llm").Count(text => text == RotationWorld.New).ShouldBeLessThanOrEqualTo(1);
        }
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Rotation_OtherFieldAtAnyMoment_KeepsIt(int moment, bool isAtStaging)
    {
        var store = isAtStaging ? "aws" : "vault";
        await using var world = await RotationWorld.StartAsync(key => key with { Locations = [RotationWorld.At(store, "json", "A")] });
        LabStore lab = isAtStaging ? world.Staging : world.Plain;
        lab.Put("json", Json(RotationWorld.Old, "one"));
        var journal = await world.SubmitAsync();
        var isWritten = Write(world, moment, () =>
        {
            var isNew = lab.Current("json")!.Contains(RotationWorld.New, StringComparison.Ordinal);
            lab.Put("json", Json(isNew ? RotationWorld.New : RotationWorld.Old, "two"));
        });

        await world.CarryOnAsync(journal, RotationWorld.New, TimeSpan.FromMinutes(3));

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Overlap, string.Join('\n', await world.StoryAsync()));
        lab.Current("json").ShouldBe(Json(RotationWorld.New, isWritten() ? "two" : "one"));
    }

    [Fact]
    public async Task Adopt_ProcessDiesThen_TheNextOneCarriesTheAdoptedValueOn()
    {
        await using var world = await RotationWorld.StartAsync();
        world.Vendor.Accept(Foreign);
        var journal = await world.SubmitAsync();
        world.Plain.Put("llm", Foreign);
        await world.CarryOnAsync(journal, RotationWorld.New);
        var adopted = RotationActs.Adopt(journal.Rotation, world.Clock.GetUtcNow());
        await journal.SaveAsync(adopted, "Adopted.", TestContext.Current.CancellationToken);

        var settled = await world.SettleAsync();

        settled.NewFingerprint.ShouldBe(adopted.NewFingerprint);
        settled.Phase.ShouldBe(RotationPhase.Overlap);
        (world.Staging.Current("llm"), world.Plain.Current("llm")).ShouldBe((Foreign, Foreign));
    }

    private static string Json(string a, string b) => $$"""{"A":"{{a}}", "B" : "{{b}}"}""";

    private static Func<bool> Write(RotationWorld world, int moment, Action write)
    {
        var count = 0;
        void At(string what)
        {
            if (count++ == moment)
            {
                write();
            }
        }

        world.Staging.At = world.Plain.At = At;
        return () => count > moment;
    }
}
