using System.Buffers.Binary;
using System.Text;

namespace Checkout.Tests.Tracing;

/// <summary>A span as it came over the wire (opentelemetry/proto/trace/v1/trace.proto). Ids in hexadecimal digits.</summary>
internal sealed record TraceSpan(string TraceId, string SpanId, string Parent, string Name, long StartNanos, long EndNanos)
{
    public IReadOnlyList<KeyValuePair<string, string>> Attributes { get; init; } = [];

    /// <summary>Trace and span of each link.</summary>
    public IReadOnlyList<(string TraceId, string SpanId)> Links { get; init; } = [];

    /// <summary>Status code 2.</summary>
    public bool IsError { get; init; }

    public string? this[string attribute] => Attributes.FirstOrDefault(pair => pair.Key == attribute).Value;

    public override string ToString() => $"{TraceId} {Parent}>{SpanId} {Name} {string.Join(' ', Attributes.Select(static pair => $"{pair.Key}={pair.Value}"))}";

    /// <summary>The spans of an ExportTraceServiceRequest.</summary>
    public static IReadOnlyList<TraceSpan> ReadAll(byte[] message) =>
        [.. Fields(message, 1).SelectMany(static resource => Fields(resource, 2)).SelectMany(static scope => Fields(scope, 2)).Select(Read)];

    private static TraceSpan Read(byte[] span)
    {
        var fields = Parse(span);
        return new TraceSpan(Hex(fields, 1), Hex(fields, 2), Hex(fields, 4), Text(fields, 5), Fixed(fields, 7), Fixed(fields, 8))
        {
            Attributes = [.. fields.Where(static field => field.Number == 9).Select(static field => Attribute(field.Bytes))],
            Links = [.. fields.Where(static field => field.Number == 13).Select(static field => Parse(field.Bytes)).Select(static link => (Hex(link, 1), Hex(link, 2)))],
            IsError = fields.Where(static field => field.Number == 15).SelectMany(static field => Parse(field.Bytes)).Any(static field => field is { Number: 3, Value: 2 }),
        };
    }

    private static KeyValuePair<string, string> Attribute(byte[] pair)
    {
        var fields = Parse(pair);
        var value = fields.Where(static field => field.Number == 2).SelectMany(static field => Parse(field.Bytes)).First();
        return new(Text(fields, 1), value.Number == 1 ? Encoding.UTF8.GetString(value.Bytes) : value.Value.ToString());
    }

    private static IEnumerable<byte[]> Fields(byte[] message, int number) => Parse(message).Where(field => field.Number == number).Select(static field => field.Bytes);

    private static string Hex(List<Field> fields, int number) => Convert.ToHexStringLower(Bytes(fields, number));

    private static string Text(List<Field> fields, int number) => Encoding.UTF8.GetString(Bytes(fields, number));

    private static byte[] Bytes(List<Field> fields, int number) => fields.Find(field => field.Number == number).Bytes ?? [];

    private static long Fixed(List<Field> fields, int number) => checked((long)fields.Find(field => field.Number == number).Value);

    // Protobuf's wire: a varint of number and type, then the value.
    private static List<Field> Parse(ReadOnlySpan<byte> message)
    {
        var fields = new List<Field>();
        while (!message.IsEmpty)
        {
            var tag = Varint(ref message);
            var number = checked((int)(tag >> 3));
            switch (tag & 7)
            {
                case 0:
                    fields.Add(new Field(number, Varint(ref message), []));
                    break;
                case 1:
                    fields.Add(new Field(number, BinaryPrimitives.ReadUInt64LittleEndian(message), []));
                    message = message[8..];
                    break;
                case 2:
                    var length = checked((int)Varint(ref message));
                    fields.Add(new Field(number, 0, message[..length].ToArray()));
                    message = message[length..];
                    break;
                case 5:
                    fields.Add(new Field(number, BinaryPrimitives.ReadUInt32LittleEndian(message), []));
                    message = message[4..];
                    break;
                default:
                    throw new InvalidDataException($"Wire type {tag & 7}.");
            }
        }

        return fields;
    }

    private static ulong Varint(ref ReadOnlySpan<byte> message)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = message[0];
            message = message[1..];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }
    }

    private readonly record struct Field(int Number, ulong Value, byte[] Bytes);
}
