using System.Buffers;
using System.Text.Json;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Values;
using Ledger.Documents;

namespace Gateway.Checkout;

/// <summary>A list of objects, newest first, paged by the id of the last one seen.</summary>
internal sealed class CheckoutList(CheckoutObjects objects)
{
    private const int DefaultLimit = 10;
    private const int MaxLimit = 100;

    /// <summary>Documents that one read opens, where a list looks for what few of them have.</summary>
    private const int MaxRead = 500;

    /// <param name="links">Parameters that narrow the list, with the name of the link that each is; an empty one for what is looked for in the objects.</param>
    public async Task<WireAnswer> Answer(CheckoutCall call, DocumentKind kind, params (string Parameter, string Link)[] links)
    {
        var parameters = call.Parameters;
        var limit = (int)(parameters.Integer("limit", 1, MaxLimit) ?? DefaultLimit);
        var (after, before) = (parameters.Text("starting_after"), parameters.Text("ending_before"));
        var created = TimeRange.Read(parameters, "created");
        var arrives = kind == DocumentKind.Payout ? TimeRange.Read(parameters, "arrival_date") : null;
        var types = kind == DocumentKind.Event ? EventTypes(parameters) : null;
        string? link = null;
        var others = new List<(string Parameter, string Value)>();
        foreach (var (parameter, name) in links)
        {
            if (parameters.Text(parameter) is not { } value || types is not null)
                continue;
            if (link is null && name.Length > 0)
                link = $"{name}:{value}";
            else
                others.Add((parameter, value));
        }

        if (parameters.End() is { } refusal)
            return refusal;
        if (after is not null && before is not null)
            return WireError.Invalid(call.Facts, "You cannot parameterize starting_after and ending_before together.", "starting_after");
        if (await objects.Owner(call.Caller) is not { } owner)
            return await Page(call, [], hasMore: false);
        var bucket = Bucket.Of(owner.Id);
        long from = 0;
        if ((after ?? before) is { } cursor && !DocumentId.TryParse(cursor, kind, bucket, out from))
            return NoSuchPlace(call, kind, cursor, after is not null);
        if (from != 0 && await objects.Find(call.Caller, kind, (after ?? before)!) is null)
            return NoSuchPlace(call, kind, (after ?? before)!, after is not null);
        var query = new DocumentQuery(owner.Number, (byte)kind, link, after is null ? 0 : from, before is null ? 0 : from, limit + 1, OldestFirst: before is not null, created.FromMs, created.ToMs);
        var (found, hasMore, _) = await Scan(call, query, limit, state => created.Takes(state) && arrives?.Takes(state) != false && (types is null || types.Any(type => IsOf(state, type))) && others.TrueForAll(other => Has(state, other.Parameter, other.Value)));
        if (before is not null)
            found.Reverse();
        return await Page(call, found, hasMore);
    }

    /// <summary>Objects that a query of Stripe's search language takes, newest first.</summary>
    public async Task<WireAnswer> Search(CheckoutCall call, DocumentKind kind)
    {
        var parameters = call.Parameters;
        var text = parameters.Required("query");
        var limit = (int)(parameters.Integer("limit", 1, MaxLimit) ?? DefaultLimit);
        var page = parameters.Text("page");
        if (parameters.End() is { } refusal)
            return refusal;
        if (SearchQuery.Parse(text, kind, out var fault) is not { } wanted)
            return WireError.Invalid(call.Facts, $"We were unable to parse your search query. {fault}", "query");
        if (await objects.Owner(call.Caller) is not { } owner)
            return await Page(call, [], hasMore: false, isSearch: true);
        var bucket = Bucket.Of(owner.Id);
        long from = 0;
        if (page is not null && !DocumentId.TryParse(page, kind, bucket, out from))
            return WireError.Invalid(call.Facts, "This page is none of a search's.", "page");
        var query = new DocumentQuery(owner.Number, (byte)kind, null, from, 0, limit + 1);
        var (found, hasMore, last) = await Scan(call, query, limit, wanted.Takes);
        return await Page(call, found, hasMore, isSearch: true, hasMore ? DocumentId.Format(kind, bucket, last) : null);
    }

    /// <summary>
    /// What is found, and after which document to go on where there is more. It reads on until the page is full or there is nothing left,
    /// however few of the documents are taken: what has more is never a guess. Each read is small, and the caller may leave between two.
    /// </summary>
    private async Task<(List<ReadOnlyMemory<byte>> Found, bool HasMore, long Last)> Scan(CheckoutCall call, DocumentQuery query, int limit, Func<JsonElement, bool> takes)
    {
        var found = new List<ReadOnlyMemory<byte>>();
        long last = 0;
        while (true)
        {
            call.Context.RequestAborted.ThrowIfCancellationRequested();
            var page = await objects.List(query);
            foreach (var document in page)
            {
                if (objects.Show(document) is { } shown && Takes(shown, takes))
                {
                    if (found.Count == limit)
                        return (found, true, last);
                    found.Add(shown);
                }

                last = document.State.Number;
            }

            if (page.Count < query.Limit)
                return (found, false, last);
            query = query.OldestFirst ? query with { After = last, Limit = MaxRead } : query with { Before = last, Limit = MaxRead };
        }
    }

    private static WireAnswer NoSuchPlace(CheckoutCall call, DocumentKind kind, string cursor, bool isAfter) =>
        WireError.NoSuch(call.Facts, DocumentId.Prefix(kind), cursor, isAfter ? "starting_after" : "ending_before", inPath: false);

    private static bool Takes(ReadOnlyMemory<byte> shown, Func<JsonElement, bool> takes)
    {
        using var json = JsonDocument.Parse(shown);
        return !json.RootElement.TryGetProperty("deleted"u8, out _) && takes(json.RootElement);
    }

    /// <summary>Several types of events, or one with an asterisk: those that no link has. Null where none are asked for.</summary>
    private static IReadOnlyList<string>? EventTypes(Parameters parameters)
    {
        var types = parameters.List("types");
        var one = parameters.Text("type");
        if (types is not null && one is not null)
            parameters.Refuse("You may only specify one of these parameters: type, types.", "type");
        return types ?? (one?.Contains('*', StringComparison.Ordinal) == true ? [one] : null);
    }

    private static bool IsOf(JsonElement happened, string type) =>
        System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(type, happened.GetProperty("type"u8).GetString(), ignoreCase: false);

    private static bool Has(JsonElement shown, string name, string value) =>
        shown.TryGetProperty(name, out var property) && property.ValueKind == JsonValueKind.String && property.GetString() == value;

    private async Task<WireAnswer> Page(CheckoutCall call, List<ReadOnlyMemory<byte>> found, bool hasMore, bool isSearch = false, string? nextPage = null)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("object"u8, isSearch ? "search_result"u8 : "list"u8);
            json.WriteStartArray("data"u8);
            foreach (var shown in found)
                json.WriteRawValue(shown.Span, skipInputValidation: true);
            json.WriteEndArray();
            json.WriteBoolean("has_more"u8, hasMore);
            if (isSearch)
                json.WriteString("next_page"u8, nextPage);
            json.WriteString("url"u8, call.Context.Request.Path.Value);
            json.WriteEndObject();
        }

        var (body, refused) = await Expansion.Apply(buffer.WrittenSpan.ToArray(), call.Facts.Expand, id => objects.FindAny(call.Caller, id));
        return refused is null ? new WireAnswer(200, body) : Expandable.Refusal(call.Facts, refused);
    }
}

/// <summary>Between which times, in seconds since 1970, something of a list's objects is.</summary>
/// <param name="Name">What: <c>created</c>, <c>arrival_date</c>.</param>
internal sealed record TimeRange(string Name, long From, long To)
{
    public static TimeRange Read(Parameters parameters, string name)
    {
        if (!parameters.Has(name))
            return new TimeRange(name, 0, long.MaxValue);
        if (parameters.IsText(name))
            return parameters.Integer(name) is { } at ? new TimeRange(name, at, at) : new TimeRange(name, 0, long.MaxValue);
        var range = parameters.In(name);
        var (from, to) = (0L, long.MaxValue);
        if (range?.Integer("gt", 0, long.MaxValue - 1) is { } above)
            from = above + 1;
        if (range?.Integer("gte") is { } atLeast)
            from = Math.Max(from, atLeast);
        if (range?.Integer("lt", 1) is { } below)
            to = below - 1;
        if (range?.Integer("lte") is { } atMost)
            to = Math.Min(to, atMost);
        return new TimeRange(name, from, to);
    }

    public long FromMs => From > long.MaxValue / 1_000 ? long.MaxValue : From * 1_000;

    public long ToMs => To >= long.MaxValue / 1_000 ? long.MaxValue : (To * 1_000) + 999;

    public bool Takes(JsonElement shown) => shown.TryGetProperty(Name, out var time) && time.GetInt64() >= From && time.GetInt64() <= To;
}
