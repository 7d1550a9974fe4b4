using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Gateway.Wire;

/// <summary>One page of a list: <c>{"data":[…],"hasMore":…,"next":…}</c>.</summary>
internal sealed record ListPage<TItem>(IReadOnlyList<TItem> Items, bool HasMore, string? Next)
{
    public ListPage(IReadOnlyList<TItem> items, bool hasMore, long next)
        : this(items, hasMore, next.ToString(System.Globalization.CultureInfo.InvariantCulture))
    {
    }

    public IResult ToResult(Action<Utf8JsonWriter, TItem> write) =>
        new JsonResult<(ListPage<TItem> Page, Action<Utf8JsonWriter, TItem> Write)>(StatusCodes.Status200OK, (this, write), static (json, state) =>
        {
            json.WriteStartObject();
            json.WriteStartArray("data"u8);
            foreach (var item in state.Page.Items)
                state.Write(json, item);
            json.WriteEndArray();
            json.WriteBoolean("hasMore"u8, state.Page.HasMore);
            if (state.Page.Next is { } next)
                json.WriteString("next"u8, next);
            else
                json.WriteNull("next"u8);
            json.WriteEndObject();
        });
}
