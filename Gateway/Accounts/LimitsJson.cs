using System.Text.Json;
using Gateway.Idempotency;
using Gateway.Wire;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;

namespace Gateway.Accounts;

/// <summary>An account's limits: read from requests, and written with what is used of each window.</summary>
internal static class LimitsJson
{
    public static readonly string[] Fields = ["perPayment", "perMinute", "perHour", "perDay"];

    private const long MaxCount = 1_000_000_000;

    public static AccountLimits Read(BodyObject body, Currency currency) => new()
    {
        PerPayment = body.Amount("perPayment", currency, mayBeZero: true),
        PerMinute = ReadWindow(body, "perMinute", currency),
        PerHour = ReadWindow(body, "perHour", currency),
        PerDay = ReadWindow(body, "perDay", currency),
    };

    public static void Write(Utf8JsonWriter json, AccountLimits limits, LimitsUse? use, Currency currency)
    {
        json.WriteStartObject();
        if (limits.PerPayment is { } perPayment)
            json.WriteAmount("perPayment"u8, perPayment, currency);
        WriteWindow(json, "perMinute"u8, limits.PerMinute, use?.PerMinute, currency);
        WriteWindow(json, "perHour"u8, limits.PerHour, use?.PerHour, currency);
        WriteWindow(json, "perDay"u8, limits.PerDay, use?.PerDay, currency);
        json.WriteEndObject();
    }

    public static void AddTo(ref CanonicalHash hash, AccountLimits limits)
    {
        hash.Add(40, limits.PerPayment ?? -1);
        Add(ref hash, 41, limits.PerMinute);
        Add(ref hash, 42, limits.PerHour);
        Add(ref hash, 43, limits.PerDay);
    }

    private static void Add(ref CanonicalHash hash, byte tag, WindowLimit? window)
    {
        if (window is null)
            return;
        hash.Add(tag, window.Count ?? -1);
        hash.Add(tag, window.Amount ?? -1);
    }

    private static WindowLimit? ReadWindow(BodyObject body, string name, Currency currency)
    {
        if (body.Object(name, "count", "amount") is not { } window)
            return null;
        if (!window.Has("count") && !window.Has("amount"))
            body.Refuse(name, "must have a count, an amount, or both.");
        return new WindowLimit(window.Number("count", 0, MaxCount), window.Amount("amount", currency, mayBeZero: true));
    }

    private static void WriteWindow(Utf8JsonWriter json, ReadOnlySpan<byte> name, WindowLimit? limit, WindowUse? use, Currency currency)
    {
        if (limit is null)
            return;
        json.WriteStartObject(name);
        if (limit.Count is { } count)
            json.WriteNumber("count"u8, count);
        if (limit.Amount is { } amount)
            json.WriteAmount("amount"u8, amount, currency);
        if (use is not null)
        {
            json.WriteStartObject("used"u8);
            json.WriteNumber("count"u8, use.Count);
            json.WriteAmount("amount"u8, use.Amount, currency);
            json.WriteEndObject();
            if (use.ResetsAt is { } resetsAt)
                json.WriteTime("resetsAt"u8, resetsAt);
            else
                json.WriteNull("resetsAt"u8);
        }

        json.WriteEndObject();
    }
}
