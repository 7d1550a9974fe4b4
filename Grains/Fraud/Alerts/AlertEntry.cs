using System.Text.Json;
using Grains.Interfaces.Events;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Documents;
using Ledger.EventLog;
using Ledger.Sealing;

namespace Grains.Fraud.Alerts;

/// <summary>How a change of an alert becomes one journal entry: a row whose data says what was found, and in which the alert stands sealed.</summary>
internal static class AlertEntry
{
    public static JournalEntry Raised(FraudAlert alert, long number, AccountRecord owner, long row, long nowMs, WriterLane lane, DataKey key) =>
        Entry(EventType.FraudAlertRaised, null, alert, number, owner, row, nowMs, lane, key, 0, default, 0, json =>
        {
            json.WriteString("id"u8, alert.Id);
            json.WriteString("detector"u8, alert.Detector);
            json.WriteString("severity"u8, alert.Severity.Word());
            json.WriteString("text"u8, alert.Text);
            Write(json, "accounts"u8, alert.Accounts);
            Write(json, "payments"u8, alert.Payments);
            json.WriteString("amount"u8, alert.Amount);
            json.WriteString("currency"u8, alert.Currency);
            Write(json, "frozen"u8, alert.Frozen);
            json.WriteString("raisedAt"u8, alert.RaisedAt.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture));
        });

    public static JournalEntry Extended(FraudAlert before, FraudAlert alert, long number, AccountRecord owner, long row, long nowMs, WriterLane lane, DataKey key) =>
        Entry(EventType.FraudAlertExtended, before, alert, number, owner, row, nowMs, lane, key, 0, default, 0, json =>
        {
            json.WriteString("id"u8, alert.Id);
            json.WriteString("detector"u8, alert.Detector);
            Write(json, "accounts"u8, [.. alert.Frozen.Except(before.Frozen)]);
            Write(json, "frozen"u8, alert.Frozen);
        });

    // What an analyst noted is free text: it stands sealed alone.
    public static JournalEntry Closed(FraudAlert before, FraudAlert alert, CloseAlert command, AccountRecord owner, long row, long nowMs, WriterLane lane, DataKey key) =>
        Entry(EventType.FraudAlertClosed, before, alert, command.Number, owner, row, nowMs, lane, key, command.Tenant, command.Key, command.RequestHash, json =>
        {
            json.WriteString("id"u8, alert.Id);
            json.WriteString("detector"u8, alert.Detector);
            json.WriteString("outcome"u8, alert.Outcome!.Value.Word());
            json.WriteString("by"u8, alert.ClosedBy);
        });

    private static JournalEntry Entry(
        EventType type, FraudAlert? before, FraudAlert alert, long number, AccountRecord owner, long id, long nowMs, WriterLane lane, DataKey key, long tenant, IdempotencyKey idempotencyKey, UInt128 hash, Action<Utf8JsonWriter> data)
    {
        var (links, earlier) = (AlertList.Links(alert), before is null ? [] : AlertList.Links(before));
        var row = new LogRow
        {
            Id = id,
            Type = type,
            TimeMs = nowMs,
            Tenant = tenant,
            Payment = 0,
            Version = alert.Version,
            Debtor = owner.Number,
            Currency = owner.Currency,
            Key = idempotencyKey,
            RequestHash = hash,
            Data = Data(alert, data),
            Sealed = key.Seal(id, Frame(alert, number)),
        };
        LeafHash.Seal(row);
        return new JournalEntry
        {
            Lane = lane,
            Owner = owner.Number,
            ExpectedVersion = owner.Version,
            Row = row,
            Documents = [new DocumentChange(number, owner.Number, AlertList.Kind) { IsNew = before is null, LinksAdded = [.. links.Except(earlier)], LinksRemoved = [.. earlier.Except(links)] }],
        };
    }

    private static ReadOnlySpan<byte> Frame(FraudAlert alert, long number)
    {
        var frame = new DocumentFrameWriter();
        var json = JsonSerializer.SerializeToUtf8Bytes(alert, FraudJson.Default.FraudAlert);
        json.CopyTo(frame.GetSpan(json.Length));
        frame.Advance(json.Length);
        frame.Add(AlertList.Kind, number, alert.Version, json.Length, 0);
        return frame.Encode();
    }

    private static byte[] Data(FraudAlert alert, Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("subject"u8, alert.Id);
            write(json);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
