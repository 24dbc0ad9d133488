using System.Buffers.Binary;
using System.Text;

namespace KeyRotator.EndToEnd.Support;

/// <summary>Reads as much of OTLP's protobuf as tests look at: opentelemetry/proto/metrics/v1/metrics.proto.</summary>
internal static class OtlpDecoder
{
    /// <summary>Every data point of an export request.</summary>
    public static IEnumerable<OtlpMetric> Read(byte[] request) =>
        from resourceMetrics in Messages(request, 1)
        let service = Messages(resourceMetrics, 1).SelectMany(resource => Pairs(resource, 1)).ToList()
        from scopeMetrics in Messages(resourceMetrics, 2)
        from metric in Messages(scopeMetrics, 2)
        from point in Points(metric, service)
        select point;

    private static IEnumerable<OtlpMetric> Points(byte[] metric, IReadOnlyList<string> service)
    {
        var (name, unit) = (Text(metric, 1), Text(metric, 3));
        foreach (var (point, isSum) in Data(metric, 5, false).Concat(Data(metric, 7, true)))
        {
            yield return new(service, name, unit, [.. Pairs(point, 7)], Number(point)) { IsSum = isSum };
        }

        foreach (var point in Messages(metric, 9).SelectMany(data => Messages(data, 1)))
        {
            yield return new(service, name, unit, [.. Pairs(point, 9)], BinaryPrimitives.ReadUInt64LittleEndian(Messages(point, 4).Single()));
        }
    }

    private static IEnumerable<(byte[] Point, bool IsSum)> Data(byte[] metric, int field, bool isSum) =>
        Messages(metric, field).SelectMany(data => Messages(data, 1)).Select(point => (point, isSum));

    private static double Number(byte[] point) => Messages(point, 4).SingleOrDefault() is { } real
        ? BinaryPrimitives.ReadDoubleLittleEndian(real)
        : BinaryPrimitives.ReadInt64LittleEndian(Messages(point, 6).Single());

    private static IEnumerable<string> Pairs(byte[] message, int field) => Messages(message, field)
        .Select(pair => $"{Text(pair, 1)}={string.Concat(Messages(pair, 2).Select(value => Text(value, 1)))}");

    private static string Text(byte[] message, int field) => string.Concat(Messages(message, field).Select(Encoding.UTF8.GetString));

    // What stands under a field's number: a message, a text, or eight bytes.
    private static IEnumerable<byte[]> Messages(byte[] message, int field)
    {
        var at = 0;
        while (at < message.Length)
        {
            var tag = Varint(message, ref at);
            var length = (tag & 7) switch
            {
                0 => 0,
                1 => 8,
                5 => 4,
                _ => (int)Varint(message, ref at),
            };
            if ((tag & 7) == 0)
            {
                Varint(message, ref at);
            }
            else if ((int)(tag >> 3) == field)
            {
                yield return message[at..(at + length)];
            }

            at += length;
        }
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = message[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
