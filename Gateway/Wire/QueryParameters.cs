using System.Globalization;
using Gateway.Problems;
using Grains.Interfaces.Values;
using Ledger.Shards;
using Microsoft.AspNetCore.Http;

namespace Gateway.Wire;

/// <summary>
/// A request's query: only the parameters that the path knows, each at most once. What is refused is collected in
/// <see cref="Errors"/> under the parameter's name.
/// </summary>
internal sealed class QueryParameters
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 1_000;

    /// <summary>Why a cursor is refused: no list of ours gave it, or another one did.</summary>
    public const string ForeignCursor = "is not a cursor of this list.";

    private readonly IQueryCollection query;

    public QueryParameters(HttpContext context, params ReadOnlySpan<string> known)
    {
        query = context.Request.Query;
        foreach (var (name, values) in query)
        {
            if (!known.Contains(name))
                Errors.Add(name, "is not a parameter of this path.");
            else if (values.Count > 1)
                Errors.Add(name, "is given more than once.");
        }
    }

    public FieldErrors Errors { get; } = new();

    public string? Text(string name) => query.TryGetValue(name, out var values) ? values[0] ?? "" : null;

    public int Limit()
    {
        if (Text("limit") is not { } text)
            return DefaultLimit;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit)
            return limit;
        Errors.Add("limit", $"must be a number from 1 to {MaxLimit}.");
        return DefaultLimit;
    }

    /// <summary>A cursor of ours: decimal digits, opaque to callers. Null where there is none.</summary>
    public long? Cursor(string name = "after") => Cursor(1, name)?[0];

    /// <summary>A cursor over all shards; null where there is none.</summary>
    public LogCursor? Cursor(int shards, string name = "after")
    {
        if (Text(name) is not { } text)
            return null;
        if (LogCursor.TryParse(text, shards, out var cursor))
            return cursor;
        Errors.Add(name, ForeignCursor);
        return null;
    }

    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (JsonForms.TryReadTime(text, out var time))
            return time;
        Errors.Add(name, "must be an RFC 3339 time with its offset, such as 2026-11-21T14:03:07.123Z.");
        return null;
    }

    public AccountId? Account(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (AccountId.TryParse(text, out var id))
            return id;
        Errors.Add(name, "is not an account id.");
        return null;
    }

    public bool Flag(string name)
    {
        var text = Text(name);
        if (text is not null && text is not ("true" or "false"))
            Errors.Add(name, "must be true or false.");
        return text == "true";
    }

    /// <summary>A duration in whole seconds, <c>20s</c>, at most <paramref name="maxSeconds"/>.</summary>
    public TimeSpan Seconds(string name, int maxSeconds)
    {
        if (Text(name) is not { } text)
            return TimeSpan.Zero;
        if (text.EndsWith('s') && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= maxSeconds)
            return TimeSpan.FromSeconds(seconds);
        Errors.Add(name, $"must be whole seconds up to {maxSeconds}s, such as 20s.");
        return TimeSpan.Zero;
    }

    /// <summary>An amount in whatever currency: digits with an optional fraction.</summary>
    public decimal? Amount(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (text.Length is > 0 and <= 25 && char.IsAsciiDigit(text[0]) && char.IsAsciiDigit(text[^1])
            && decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount))
            return amount;
        Errors.Add(name, "must be a decimal amount such as 150.00.");
        return null;
    }
}
