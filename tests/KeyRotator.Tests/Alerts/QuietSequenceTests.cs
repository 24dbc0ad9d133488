using FsCheck;
using FsCheck.Fluent;
using KeyRotator.Findings;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>Whatever happens to findings and whatever operators say, in whatever order: nothing is told twice, nothing is lost, and every
/// word has one end.</summary>
public sealed class QuietSequenceTests
{
    private static readonly string[] s_keys = ["search", "chat"];
    private static readonly int[] s_rungs = [30, 14, 7, 3, 1, 0];
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    private enum Act
    {
        Open = 0,
        Escalate,
        Rung,
        Resolve,
        Ack,
        Unack,
        SilenceKey,
        SilenceWarnings,
        Unsilence,
        TickMinute,
        TickHours,
        TickDay,
    }

    [Fact]
    public void Sequences_OfAnything_TellOnceAndLoseNothing()
    {
        var step = from act in Gen.Elements(Enum.GetValues<Act>()) from key in Gen.Elements(s_keys) select new Deed(act, key);
        Prop.ForAll(step.ArrayOf(40).ToArbitrary(), deeds => RunAsync(deeds).GetAwaiter().GetResult()).QuickCheckThrowOnFailure();
    }

    private static async Task RunAsync(IReadOnlyList<Deed> deeds)
    {
        await using var world = await QuietWorld.StartAsync();
        var story = new Story(world);
        foreach (var deed in deeds)
        {
            await story.ActAsync(deed);
        }

        await story.EndAsync();
    }

    private sealed record Deed(Act Act, string Key);

    /// <summary>What was done and what was told, each by itself.</summary>
    private sealed class Story(QuietWorld world)
    {
        private readonly HashSet<string> _told = [];
        private readonly Dictionary<string, int> _ends = [];
        private readonly HashSet<string> _everOpen = [];

        public async Task ActAsync(Deed deed)
        {
            var open = (await world.OpenAsync()).SingleOrDefault(finding => finding.Key.Subject.Name == deed.Key);
            var grew = await DoAsync(deed, open);
            await TickAsync(deed.Act switch
            {
                Act.TickMinute => TimeSpan.FromMinutes(1),
                Act.TickHours => 5 * s_hour,
                Act.TickDay => 26 * s_hour,
                _ => TimeSpan.Zero,
            }, grew ? deed.Key : null);
        }

        public async Task EndAsync()
        {
            foreach (var finding in await world.OpenAsync())
            {
                if (!await IsSilencedAsync(finding))
                {
                    _told.ShouldContain(world.Shown(finding).Id, "it is open, nobody silenced it, and nobody was told");
                }
            }

            var open = (await world.OpenAsync()).Select(finding => world.Shown(finding).Id).ToHashSet();
            foreach (var id in _everOpen)
            {
                _ends.GetValueOrDefault(id).ShouldBe(_told.Contains(id) && !open.Contains(id) ? 1 : 0, "who was told hears one end");
            }

            var messages = world.Inbox.Http.Requests.Select(request => request.Header("webhook-id")).ToList();
            messages.Count.ShouldBe(messages.Distinct().Count(), "no message is sent twice");
        }

        // Whether it got worse.
        private async Task<bool> DoAsync(Deed deed, Finding? open)
        {
            switch (deed.Act)
            {
                case Act.Open when open is null:
                    await world.ClaimAsync(deed.Key, Severity.Warning, s_rungs[0]);
                    return true;
                case Act.Escalate when open is { Severity: Severity.Warning }:
                    await world.ClaimAsync(deed.Key, Severity.Critical, open.Rung);
                    return true;
                case Act.Rung when open is { Rung: > 0 }:
                    await world.ClaimAsync(deed.Key, open.Severity, s_rungs.First(rung => rung < open.Rung));
                    return true;
                case Act.Resolve when open is not null:
                    await world.ResolveAsync(deed.Key);
                    break;
                case Act.Ack:
                    await world.AckAsync(deed.Key, 8 * s_hour);
                    break;
                case Act.Unack:
                    await world.UnackAsync(deed.Key);
                    break;
                case Act.SilenceKey:
                    await world.SilenceAsync(6 * s_hour, $"key={deed.Key}");
                    break;
                case Act.SilenceWarnings:
                    await world.SilenceAsync(30 * s_hour, "severity=warning");
                    break;
                case Act.Unsilence when (await world.LiveAsync()) is [.., var last]:
                    await world.UnsilenceAsync(last.Id);
                    break;
                default:
                    break;
            }

            return false;
        }

        private async Task TickAsync(TimeSpan by, string? worse)
        {
            var acked = (await world.OpenAsync())
                .Where(finding => finding.Ack is { } ack && ack.Holds(world.Clock.GetUtcNow() + by))
                    .Select(finding => world.Shown(finding).Id);
            var quiet = acked.ToHashSet();
            _everOpen.UnionWith((await world.OpenAsync()).Select(finding => world.Shown(finding).Id));
            var lines = await world.TickFindingsAsync(by);
            var open = (await world.OpenAsync()).ToDictionary(finding => world.Shown(finding).Id);
            foreach (var (id, line) in lines)
            {
                var kind = line.Split(' ')[0];
                (kind == "Reminder" && quiet.Contains(id)).ShouldBeFalse("somebody looks after it");
                if (kind == "Resolved")
                {
                    _ends[id] = _ends.GetValueOrDefault(id) + 1;
                    continue;
                }

                (await IsSilencedAsync(open[id])).ShouldBeFalse("it is silenced");
                (kind == "Reminder" && !_told.Contains(id)).ShouldBeFalse("the first word is no reminder");
                _told.Add(id);
            }

            lines.Select(line => line.Id).Distinct().Count().ShouldBe(lines.Count, "one word of a finding at a time");
            if (worse is not null && open.Values.Single(finding => finding.Key.Subject.Name == worse) is var grown
                && !await IsSilencedAsync(grown))
            {
                lines.ShouldContain(line => line.Id == world.Shown(grown).Id && line.Line.StartsWith("Trigger", StringComparison.Ordinal));
            }
        }

        private async Task<bool> IsSilencedAsync(Finding finding) => KeyRotator.Alerts.Silencing.Covering(
            world.Shown(finding), await world.LiveAsync(), world.Clock.GetUtcNow()) is not null;
    }
}
