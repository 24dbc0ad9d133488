using System.Text;
using KeyRotator.Audit;
using KeyRotator.Configuration;
using KeyRotator.Hosting;
using KeyRotator.Stores;
using KeyRotator.Stores.Remote;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Hosting;

public sealed class MetricsTextTests
{
    [Fact]
    public void WriteStores_EachStore_HasThreeCounters()
    {
        var options = new GcpStoreOptions { Project = "keys-prod" };
        var store = (IMeteredStore)SecretStores.Create(
            new StoreSettings { Name = "prod", Kind = "gcp", Options = options }, TimeProvider.System);
        store.Meter.Count(StoreRequestKind.Read);
        store.Meter.Count(StoreRequestKind.Read);
        store.Meter.Count(StoreRequestKind.List);
        var text = new StringBuilder();

        MetricsText.WriteStores(text, [store]);

        text.ToString().ShouldBe("""
            # HELP keyrotator_store_requests_total Requests to each store's API, repeats included, by what they ask for.
            # TYPE keyrotator_store_requests_total counter
            keyrotator_store_requests_total{store="prod",kind="read"} 2
            keyrotator_store_requests_total{store="prod",kind="list"} 1
            keyrotator_store_requests_total{store="prod",kind="write"} 0

            """);
    }

    [Fact]
    public void WriteAudit_Head_IsAGauge()
    {
        var text = new StringBuilder();

        MetricsText.WriteAudit(text, new AuditHead(42, new string('a', 64)));

        text.ToString().ShouldBe("""
            # HELP keyrotator_audit_sequence Number of the last row of the audit. It never falls.
            # TYPE keyrotator_audit_sequence gauge
            keyrotator_audit_sequence 42

            """);
    }

    [Fact]
    public void WriteAudit_NobodyKnows_IsLeftOut()
    {
        var text = new StringBuilder();

        MetricsText.WriteAudit(text, null);

        text.Length.ShouldBe(0);
    }
}
