using System.Text.Json;
using Gateway.Idempotency;
using Gateway.Problems;
using Gateway.Wire;

namespace Gateway.Payments;

/// <summary>
/// Reads a batch: one JSON array, or JSON values line by line (NDJSON). An array that breaks JSON's grammar is refused whole; a
/// line that does, alone.
/// </summary>
internal static class BatchReader
{
    public static Problem? ReadArray(ReadOnlySpan<byte> body, GatewayOptions options, List<BatchItem> items)
    {
        if (body.IsEmpty)
            return JsonFault.Empty;
        try
        {
            var reader = new Utf8JsonReader(body, JsonFault.ReaderOptions);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartArray)
            {
                reader.Skip();
                reader.Read();
                return JsonFault.NotAnArray;
            }

            var errors = new FieldErrors();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (items.Count == options.MaxBatchItems)
                    return TooLong(options);
                items.Add(ReadItem(ref reader, items.Count, options, ref errors));
            }

            // Nothing may stand behind the array: the reader says so where it does.
            reader.Read();
            return null;
        }
        catch (JsonException exception)
        {
            return JsonFault.Of(exception);
        }
    }

    public static Problem? ReadLines(ReadOnlySpan<byte> body, GatewayOptions options, List<BatchItem> items)
    {
        var errors = new FieldErrors();
        while (!body.IsEmpty)
        {
            var end = body.IndexOf((byte)'\n');
            var line = (end < 0 ? body : body[..end]).Trim(" \t\r"u8);
            body = end < 0 ? [] : body[(end + 1)..];
            if (line.IsEmpty)
                continue;
            if (items.Count == options.MaxBatchItems)
                return TooLong(options);
            items.Add(ReadLine(line, items.Count, options, ref errors));
        }

        return items.Count == 0 ? JsonFault.Empty : null;
    }

    private static BatchItem ReadLine(ReadOnlySpan<byte> line, int index, GatewayOptions options, ref FieldErrors errors)
    {
        try
        {
            var reader = new Utf8JsonReader(line, JsonFault.ReaderOptions);
            reader.Read();
            var item = ReadItem(ref reader, index, options, ref errors);
            reader.Read();
            return item;
        }
        catch (JsonException)
        {
            return new BatchItem { Problem = new Problem(ProblemCode.MalformedJson, $"Line {index + 1} of the batch is not one JSON value.") };
        }
    }

    // Items without an error share the list of none.
    private static BatchItem ReadItem(ref Utf8JsonReader reader, int index, GatewayOptions options, ref FieldErrors errors)
    {
        var at = new ItemPath(index);
        var item = new BatchItem();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            errors.Add(at.Item, "must be an object.");
        }
        else
        {
            item.Request = PaymentRequest.Read(ref reader, at, options.RoutingNumber, errors);
            item.Key = item.Request.IdempotencyKey;
            if (item.Key is null && options.Sandbox && !errors.Any)
                item.Key = IdempotencyHeader.Generate();
            else if (item.Key is null && !errors.Any)
                errors.Add(at.Of("idempotencyKey"), "is required.");
        }

        if (errors.Any)
            (item.Errors, errors) = (errors, new FieldErrors());
        return item;
    }

    private static Problem TooLong(GatewayOptions options) => new(ProblemCode.BatchTooLong, $"A batch has at most {options.MaxBatchItems} items.");
}
