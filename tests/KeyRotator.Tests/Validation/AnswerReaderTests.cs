using System.Net;
using System.Runtime.InteropServices;
using KeyRotator.Validation;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

public sealed class AnswerReaderTests
{
    [Theory]
    [InlineData(401, AnswerReader.ErrorCap, false)]
    [InlineData(401, AnswerReader.ErrorCap + 1, true)]
    [InlineData(200, AnswerReader.ErrorCap + 1, false)]
    [InlineData(200, AnswerReader.ListCap, false)]
    [InlineData(200, AnswerReader.ListCap + 1, true)]
    [InlineData(404, 0, false)]
    public async Task Read_BodyAroundTheCap_KnowsWhetherItWasCut(int status, int length, bool isTruncated)
    {
        using var message = new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(new byte[length]) };
        using var reader = new AnswerReader();

        await reader.ReadAsync(message, TestContext.Current.CancellationToken);

        reader.IsTruncated.ShouldBe(isTruncated);
    }

    [Fact]
    public async Task Read_LongBody_KeepsItsBytesInOrder()
    {
        var body = Enumerable.Range(0, 100_000).Select(index => (byte)(index * 31)).ToArray();
        using var message = new HttpResponseMessage { Content = new ByteArrayContent(body) };
        using var reader = new AnswerReader();

        await reader.ReadAsync(message, TestContext.Current.CancellationToken);

        reader.Body.ToArray().ShouldBe(body);
    }

    [Fact]
    public async Task Dispose_AfterReading_WipesTheBuffer()
    {
        using var message = new HttpResponseMessage { Content = new StringContent("a body that may repeat the key") };
        var reader = new AnswerReader();
        await reader.ReadAsync(message, TestContext.Current.CancellationToken);
        MemoryMarshal.TryGetArray(reader.Body, out var buffer).ShouldBeTrue();

        reader.Dispose();

        buffer.ShouldAllBe(value => value == 0);
    }
}
