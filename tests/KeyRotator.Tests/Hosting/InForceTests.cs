using KeyRotator.Hosting;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Hosting;

public sealed class InForceTests : IDisposable
{
    private readonly InForce<Tool> _inForce = new();

    [Fact]
    public void Replace_NobodyWorksWithTheOldOne_DisposesIt()
    {
        var tools = ReplaceMany(100);

        tools.Count(tool => !tool.IsDisposed).ShouldBe(1);
        using var lease = _inForce.Rent();
        lease.Value.ShouldBeSameAs(tools[^1]);
    }

    [Fact]
    public void Replace_SomebodyWorksWithTheOldOne_WaitsForTheLast()
    {
        var old = ReplaceMany(1).Single();
        var first = _inForce.Rent();
        var second = _inForce.Rent();
        ReplaceMany(1);

        first.Dispose();
        first.Dispose();
        old.IsDisposed.ShouldBeFalse("giving back twice counts once");
        second.Dispose();

        old.IsDisposed.ShouldBeTrue();
    }

    [Fact]
    public void Dispose_SomebodyWorks_WaitsForThem()
    {
        var tool = ReplaceMany(1).Single();
        var lease = _inForce.Rent();

        _inForce.Dispose();
        tool.IsDisposed.ShouldBeFalse();
        lease.Dispose();

        tool.IsDisposed.ShouldBeTrue();
    }

    [Fact]
    public void Rent_NothingInForce_IsRefused() => Should.Throw<InvalidOperationException>(_inForce.Rent);

    public void Dispose() => _inForce.Dispose();

    private List<Tool> ReplaceMany(int count)
    {
        List<Tool> tools = [.. Enumerable.Range(0, count).Select(_ => new Tool())];
        tools.ForEach(_inForce.Replace);
        return tools;
    }

    private sealed class Tool : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
