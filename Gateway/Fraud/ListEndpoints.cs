using System.Globalization;
using Gateway.Idempotency;
using Gateway.Keys;
using Gateway.Problems;
using Gateway.Wire;
using Grains.Interfaces;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Gateway.Fraud;

/// <summary>Block, allow, watch and VPN lists: <c>/fraud/lists/{list}/entries</c>. An entry is put on and taken off; by two people, where it is so configured: <c>/approve</c>, <c>/reject</c>.</summary>
internal sealed class ListEndpoints(IGrains grains, RequestHashKey hashKey, IOptions<GatewayOptions> options)
{
    private const int MaxValue = 200;
    private const string EntryPrefix = "entry";

    private IRuleBookGrain Book => grains.Get<IRuleBookGrain>(IRuleBookGrain.Key);

    public async Task<IResult> List(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context, "limit", "after");
        var (limit, after) = (query.Limit(), query.Cursor());
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        if (NameOf(context) is not { } list)
            return NoSuchList();
        var found = await Book.Entries(new ListEntryQuery(list, after ?? 0, limit + 1));
        var page = found.Take(limit).ToList();
        var more = found.Count > limit;
        return new ListPage<ListedEntry>(page, more, more && TryNumber(page[^1].Id, out var last) ? last.ToString(CultureInfo.InvariantCulture) : null).ToResult(RuleJson.Write);
    }

    public async Task<IResult> Add(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        if (NameOf(context) is not { } list)
            return NoSuchList();
        if (IdempotencyHeader.Read(context, options.Value.Sandbox, out var key) is { } keyProblem)
            return keyProblem;
        var (body, problem) = await BodyObject.Read(context, options.Value.MaxBodyBytes, mayBeEmpty: false, "kind", "value", "reason", "expiresAt");
        if (body is null)
            return problem!;
        var command = Read(body, list, caller);
        if (body.Errors.Any)
            return body.Errors.ToProblem();
        var hash = CanonicalHash.Start((byte)'L');
        hash.Add(1, command.Kind);
        hash.Add(2, command.Value);
        hash.Add(3, command.Reason);
        hash.Add(4, command.ExpiresAt?.ToUnixTimeMilliseconds() ?? 0);
        hash.Add(5, command.Actor);
        command = command with { Key = IdempotencyKey.Of(caller.Tenant, key, $"/fraud/lists/{list}"), RequestHash = hash.End(hashKey) };
        return await Change(command, StatusCodes.Status201Created, made => $"/fraud/lists/{list}/entries/{made.Entry!.Id}");
    }

    /// <summary>Takes an entry off: done again, there is none.</summary>
    public async Task<IResult> Remove(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        return NameOf(context) is { } list && TryNumber((string?)context.Request.RouteValues["id"], out var number)
            ? await Change(new ListCommand { List = list, Action = ListAction.Remove, Entry = number, Actor = caller.Label, Tenant = caller.Tenant }, StatusCodes.Status200OK, static _ => null)
            : NoSuchEntry();
    }

    /// <summary>A second person does, or anybody drops, what was asked for.</summary>
    public async Task<IResult> Answer(HttpContext context, Caller caller, ListAction action)
    {
        var query = new QueryParameters(context);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        if (NameOf(context) is not { } list || !TryNumber((string?)context.Request.RouteValues["id"], out var number))
            return NoSuchEntry();
        if (IdempotencyHeader.Read(context, options.Value.Sandbox, out var key) is { } keyProblem)
            return keyProblem;
        var (body, problem) = await BodyObject.Read(context, options.Value.MaxBodyBytes, mayBeEmpty: true);
        if (body is null)
            return problem!;
        if (body.Errors.Any)
            return body.Errors.ToProblem();
        var hash = CanonicalHash.Start((byte)'A');
        hash.Add(1, (byte)action);
        hash.Add(2, caller.Label);
        var command = new ListCommand
        {
            List = list,
            Action = action,
            Entry = number,
            Actor = caller.Label,
            Tenant = caller.Tenant,
            Key = IdempotencyKey.Of(caller.Tenant, key, $"/fraud/lists/{list}/entries/{number}"),
            RequestHash = hash.End(hashKey),
        };
        return await Change(command, StatusCodes.Status200OK, static _ => null);
    }

    private static ListCommand Read(BodyObject body, string list, Caller caller)
    {
        body.Require("kind");
        body.Require("value");
        body.Require("reason");
        var kind = body.Text("kind", 20, TextKind.Identifier);
        if (kind is not null && !ListWords.Kinds.Contains(kind))
            body.Refuse("kind", $"must be one of {string.Join(", ", ListWords.Kinds)}.");
        // A card is named by its fingerprint, never by its number.
        var value = body.Text("value", MaxValue, kind == "card" ? TextKind.Free : TextKind.Identifier);
        var expires = default(DateTimeOffset?);
        if (body.Text("expiresAt", JsonForms.TimeLength + 20, TextKind.Identifier) is { } text)
        {
            if (JsonForms.TryReadTime(text, out var time))
                expires = time;
            else
                body.Refuse("expiresAt", "must be an RFC 3339 time with its offset, such as 2026-11-21T14:03:07.123Z.");
        }

        return new ListCommand
        {
            List = list,
            Action = ListAction.Add,
            Kind = kind ?? "",
            Value = value ?? "",
            Reason = body.Text("reason", ListedEntry.MaxReason, TextKind.Free) ?? "",
            ExpiresAt = expires,
            Actor = caller.Label,
            Tenant = caller.Tenant,
        };
    }

    private async Task<IResult> Change(ListCommand command, int status, Func<RuleBookAnswer, string?> location)
    {
        try
        {
            return RuleBookAnswers.Result(await Book.ChangeList(command).WaitAsync(TimeSpan.FromMilliseconds(options.Value.GrainTimeoutMs)), status, location, "There is no such entry.");
        }
        catch (TimeoutException)
        {
            return new Problem(ProblemCode.OutcomeUnknown);
        }
    }

    private static string? NameOf(HttpContext context) => ListWords.Lists.FirstOrDefault(list => list == (string?)context.Request.RouteValues["list"]);

    private static bool TryNumber(string? id, out long number)
    {
        number = 0;
        return id is not null && ResourceId.TryParse(id, EntryPrefix, out _, out number) && number > 0;
    }

    private static Problem NoSuchList() => new(ProblemCode.NotFound, $"There is no such list; those are {string.Join(", ", ListWords.Lists)}.");

    private static Problem NoSuchEntry() => new(ProblemCode.NotFound, "There is no such entry.");
}
