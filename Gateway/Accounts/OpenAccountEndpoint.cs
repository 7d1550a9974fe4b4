using System.Security.Cryptography;
using System.Text;
using Gateway.Idempotency;
using Gateway.Keys;
using Gateway.Problems;
using Gateway.Wire;
using Grains.Interfaces;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;
using Ledger;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Gateway.Accounts;

/// <summary><c>POST /accounts</c>.</summary>
internal sealed class OpenAccountEndpoint(IGrains grains, AccountDirectory directory, IRegistry registry, RequestHashKey hashKey, IOptions<GatewayOptions> options)
{
    private const string Path = "/accounts";
    private const int MaxName = 140;
    private const string IdDigits = "0123456789abcdefghjkmnpqrstvwxyz";

    private static readonly string[] Reserved = ["system", "sandbox"];

    public async Task<IResult> Open(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        if (IdempotencyHeader.Read(context, options.Value.Sandbox, out var key) is { } keyProblem)
            return keyProblem;
        var (body, problem) = await BodyObject.Read(context, options.Value.MaxBodyBytes, mayBeEmpty: false, "id", "currency", "name", "limits", "floor");
        if (body is null)
            return problem!;
        var idempotencyKey = IdempotencyKey.Of(caller.Tenant, key, Path);
        var id = await ReadId(body, caller, idempotencyKey);
        body.Require("currency");
        var code = body.Text("currency", 3, TextKind.Identifier);
        if (code is null || !Currency.TryParse(code, out var currency))
        {
            if (code is not null)
                body.Refuse("currency", "must be an ISO 4217 code such as \"USD\".");
            return body.Errors.ToProblem();
        }

        var name = body.Text("name", MaxName, TextKind.Free);
        var floor = body.Amount("floor", currency, mayBeZero: true, isNegative: true) ?? 0;
        var limits = body.Object("limits", LimitsJson.Fields) is { } limitsBody ? LimitsJson.Read(limitsBody, currency) : AccountLimits.None;
        if (body.Errors.Any)
            return body.Errors.ToProblem();
        var origin = new CommandOrigin(caller.Tenant, idempotencyKey, Hash(id.Value, currency, name, floor, limits));
        var command = new OpenAccount(origin, caller.Tenant, currency, floor, limits, name);
        try
        {
            var answer = await grains.Get<IAccountGrain>(id.Value).Open(command).WaitAsync(TimeSpan.FromMilliseconds(options.Value.GrainTimeoutMs));
            return AccountAnswers.Result(answer, StatusCodes.Status201Created, "/accounts/" + id.Value);
        }
        catch (TimeoutException)
        {
            return new Problem(ProblemCode.OutcomeUnknown);
        }
    }

    // An id that is given is derived from the key, so that a retry goes to the same grain.
    private async ValueTask<AccountId> ReadId(BodyObject body, Caller caller, IdempotencyKey key)
    {
        if (!body.Has("id"))
            return Derived(key);
        var text = body.Text("id", AccountId.MaxLength, TextKind.Identifier);
        if (!AccountId.TryParse(text, out var id))
        {
            if (text is not null)
                body.Refuse("id", $"must be 1 to {AccountId.MaxLength} of A-Z a-z 0-9 : _ -, not starting with a colon.");
            return default;
        }

        if (IsReserved(id))
            body.Refuse("id", "is reserved.");
        else if (registry.FindTenant(id.ShardKey.ToString()) is { } owner && owner != caller.Tenant)
            body.Refuse("id", "is another tenant's name, or begins with it.");
        else if (id.Value.Contains(':', StringComparison.Ordinal) && !await OwnsShardKey(id, caller))
            body.Refuse("id", "has a colon, and what stands before it is neither an account of yours nor your name.");
        return id;
    }

    private static bool IsReserved(AccountId id)
    {
        foreach (var reserved in Reserved)
            if (id.ShardKey.StartsWith(reserved, StringComparison.OrdinalIgnoreCase)
                && (id.ShardKey.Length == reserved.Length || !char.IsAsciiLetterOrDigit(id.ShardKey[reserved.Length])))
                return true;
        return false;
    }

    private async ValueTask<bool> OwnsShardKey(AccountId id, Caller caller)
    {
        var shardKey = id.ShardKey.ToString();
        return shardKey == caller.TenantName
            || (AccountId.TryParse(shardKey, out var owner) && await directory.Find(owner) is { } record && record.Tenant == caller.Tenant);
    }

    private static AccountId Derived(IdempotencyKey key)
    {
        var digest = SHA256.HashData(Encoding.ASCII.GetBytes("account " + key.Value.ToString("x32")));
        return AccountId.Parse(string.Create(31, digest, static (text, bytes) =>
        {
            "acct_".CopyTo(text);
            for (var i = 0; i < 26; i++)
                text[5 + i] = IdDigits[bytes[i] & 31];
        }));
    }

    private UInt128 Hash(string id, Currency currency, string? name, long floor, AccountLimits limits)
    {
        var hash = CanonicalHash.Start((byte)'O');
        hash.Add(1, id);
        hash.Add(2, currency.Number);
        hash.Add(3, name);
        hash.Add(4, floor);
        LimitsJson.AddTo(ref hash, limits);
        return hash.End(hashKey);
    }
}
