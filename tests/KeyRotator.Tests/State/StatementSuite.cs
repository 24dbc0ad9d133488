using KeyRotator.Alerts;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.State;

namespace KeyRotator.Tests.State;

/// <summary>Runs every statement there is once.</summary>
public abstract class StatementSuite<TEngine> : OutboxSuite<TEngine>
    where TEngine : ITestEngine, new()
{
    private protected static async Task ReadEverythingAsync(StateTransaction transaction)
    {
        await KeyStatusTable.LoadAsync(transaction, [Id("k")], Cancel);
        await KeyStatusTable.DueAsync(transaction, Now, 0, 15, Cancel);
        await JobTable.AllAsync(transaction, Cancel);
        await KeyStatusTable.HoldersAsync(transaction, [Print(1)], Cancel);
        await KeyStatusTable.UnreadAsync(transaction, Cancel);
        await StoreUsageTable.LoadAsync(transaction, Cancel);
        await KeyStatusTable.CountProbedAsync(transaction, "mistral", Now, Cancel);
        await KeyStatusWindow.ReadAsync(transaction, "mistral", Now, Cancel);
        await KeyVersionTable.OfAsync(transaction, Id("k"), Cancel);
        await KeyStates.TransitionsAsync(transaction, Id("k"), Cancel);
        await SuspensionTable.OfAsync(transaction, [Id("k")], Cancel);
        await SuspensionTable.OverAsync(transaction, Now, Cancel);
        await CheckHistoryTable.OfAsync(transaction, Id("k"), 1, Cancel);
        await FindingTable.OpenAsync(transaction, Cancel);
        await FindingTable.OpenForAsync(transaction, FindingReason.KeyRejected, Cancel);
        await FindingTable.OpenAboutAsync(transaction, [FindingSubject.Key("k")], Cancel);
        await FindingTable.DueForReminderAsync(transaction, Now, 1, Cancel);
        await FindingTable.HeldUntilAsync(transaction, Now, TimeSpan.Zero, Cancel);
        await SilenceTable.LiveAsync(transaction, Now, Cancel);
        await QueuedMessages.AllAsync(transaction, Cancel);
        await OutboxTable.BacklogAsync(transaction, Cancel);
        await OutboxGroupTable.DueAsync(transaction, GatherScope.Due, Now, Cancel);
        await OutboxGroupTable.DueAsync(transaction, GatherScope.Pass, Now, Cancel);
        await OutboxGroupTable.ReadyAsync(transaction, new("ops", "g", TimeSpan.Zero), Now, Cancel);
        await OutboxGroupTable.ContentAsync(transaction, [1], Cancel);
        await OutboxGroupTable.OpenMembersAsync(transaction, "ops", "inc", Cancel);
        await OutboxTable.WaitingChannelsAsync(transaction, Cancel);
        await OutboxRoom.WaitingAsync(transaction, "ops", Cancel);
        await OutboxRoom.MessagesAsync(transaction, "ops", Cancel);
        await InstanceTable.LoadAsync(transaction, "mistral", Cancel);
        await ModelListTable.LoadAsync(transaction, "d", Cancel);
        await DiscoveryTable.RevisionAsync(transaction, ["s"], Cancel);
        await DiscoveredKeyTable.OfStoresAsync(transaction, ["s"], Cancel);
        await DiscoveredKeyTable.NamedAsync(transaction, "s", ["k"], Cancel);
        await DiscoveredKeyTable.WithIdsAsync(transaction, [Id("k")], Cancel);
        await DiscoveredKeyTable.UnseenAsync(transaction, "s", 2, 1, Cancel);
        await FigureTable.KeysAsync(transaction, [Id("k")], Cancel);
        await FigureTable.RotatedAsync(transaction, [Id("k")], Cancel);
        await FigureTable.FindingsAsync(transaction, Now, Cancel);
        await FigureTable.OpenSinceAsync(transaction, Now, Cancel);
        await FigureTable.InstancesAsync(transaction, Cancel);
        await FigureTable.JobsAsync(transaction, Cancel);
        await JobTable.AllAsync(transaction, Cancel);
        await AuditTable.NewestAsync(transaction, null, Now, 1, Cancel);
        await AuditTable.NewestAsync(transaction, "k", Now, 1, Cancel);
        await AuditTable.BeforeAsync(transaction, Now, Cancel);
        await AuditTable.PageAsync(transaction, 1, 1, Cancel);
        await AuditTable.CheckpointAsync(transaction, Cancel);
    }

    private protected static async Task WriteEverythingAsync(StateTransaction transaction)
    {
        await KeyStatusTable.SaveAsync(transaction, [Status("k")], Cancel);
        await KeyStatusTable.HastenRejectedAsync(transaction, "mistral", Now, Now, Cancel);
        await JobTable.AddAsync(transaction, "check", JobStatus.None, Cancel);
        await CheckHistoryTable.RecordAsync(transaction, [Status("k")], Cancel);
        await KeyVersionTable.OpenAsync(transaction, Version("k"), Cancel);
        await KeyVersionTable.SetExpiryAsync(transaction, Id("k"), 1, null, ExpirySource.Unknown, Cancel);
        var finding = await FindingTable.InsertAsync(transaction, Claim(), Now, null, null, Cancel);
        await OutboxTable.ExpediteAsync(transaction, [finding.Id], Now, Cancel);
        await FindingTable.InsertAsync(transaction, Claim(), Now, null, null, Cancel);
        await FindingTable.UpdateAsync(transaction, finding, Cancel);
        await OutboxTable.EnqueueAsync(transaction, [Message(finding.Id)], Cancel);
        await WriteQuietAsync(transaction, finding.Id);
        await OutboxTable.HoldAsync(transaction, [finding.Id], Now, Cancel);
        var claimed = await OutboxTable.ClaimAsync(transaction, "ops", Now, TimeSpan.Zero, 1, Cancel);
        await OutboxTable.RecordAsync(transaction, new(claimed[0].Sequence, 1, DeliveryOutcome.Gone, Now, null, null, null), Cancel);
        await OutboxTable.CancelUntoldAsync(transaction, finding.Id, Now, Cancel);
        await OutboxTable.EnqueueAsync(transaction, [Message(finding.Id, occasion: "rung-7")], Cancel);
        await OutboxRoom.DropAsync(transaction, "ops", [1], Now, Cancel);
        await ChannelTable.HasRoomAsync(transaction, "ops", Cancel);
        await OutboxStale.CancelOverAsync(transaction, Now, Cancel);
        await ChannelTable.EnableAsync(transaction, "ops", Cancel);
        await InstanceTable.SaveAsync(transaction, new() { Provider = "mistral" }, Cancel);
        await ModelListTable.SaveAsync(transaction, "d", [], Cancel);
        await ModelListTable.PruneAsync(transaction, Cancel);
        await CheckHistoryTable.PruneAsync(transaction, Now, 1, Cancel);
        await FindingTable.PruneAsync(transaction, Now, 1, Cancel);
        await OutboxTable.PruneAsync(transaction, Now, 1, Cancel);
        await OutboxGroupTable.ReleaseAsync(transaction, 1, Now, Cancel);
        await OutboxGroupTable.CloseAsync(transaction, [1], GatheredEnd.Folded, Now, Cancel);
        await OutboxGroupTable.PostponeAsync(transaction, [1], Now, Cancel);
        await OutboxGroupTable.NoteToldAsync(transaction, new("ops", "g", TimeSpan.Zero), Now, Cancel);
        await OutboxGroupTable.JoinAsync(transaction, "ops", "inc", [1], Cancel);
        await OutboxGroupTable.PruneAsync(transaction, Now, Cancel);
        await KeyStatusTable.ForgetAsync(transaction, Id("k"), Cancel);
        await DiscoveryTable.ClaimAsync(transaction, "s", "q", Now, TimeSpan.Zero, TimeSpan.Zero, Cancel);
        await DiscoveryTable.ContinueAsync(transaction, "s", 1, Now, Cancel);
        await DiscoveryTable.ReviseAsync(transaction, "s", Cancel);
        var found = new DiscoveredKey { Id = Id("s/k"), Location = new() { Store = "s", Name = "k" }, Provider = "mistral" };
        await DiscoveredKeyTable.SaveAsync(transaction, found, 1, Cancel);
        await DiscoveredKeyTable.TouchAsync(transaction, found.Id, 1, Cancel);
        await DiscoveredKeyTable.RemoveAsync(transaction, found.Id, Cancel);
    }

    private static async Task WriteQuietAsync(StateTransaction transaction, long finding)
    {
        await AcknowledgementTable.SetAsync(transaction, finding, new() { By = "ana", At = Now, Until = Now }, Cancel);
        await AcknowledgementTable.CancelRemindersAsync(transaction, finding, Now, Cancel);
        await AcknowledgementTable.ClearAsync(transaction, finding, Cancel);
        var silence = new Silence { Matches = [SilenceMatch.Read("key=*").Match!], By = "ana", Reason = "why", Since = Now, Until = Now };
        var made = await SilenceTable.AddAsync(transaction, silence, Cancel);
        await transaction.Prepare("UPDATE outbox SET silence_id = 1 WHERE sequence = 1").ExecuteAsync(Cancel);
        await SilencedMessages.EnqueueAsync(transaction, [Message(finding)], Now, Cancel);
        await SilencedMessages.AlignAsync(transaction, Now, Cancel);
        await SilencedMessages.ReleaseAsync(transaction, Now, Cancel);
        await SilenceTable.EndAsync(transaction, made.Id, "ana", Now, Cancel);
        await SilenceTable.PruneAsync(transaction, Now, 1, Cancel);
    }
}
