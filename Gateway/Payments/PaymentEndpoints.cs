using System.Text.Json;
using Gateway.Idempotency;
using Gateway.Keys;
using Gateway.Metrics;
using Gateway.Problems;
using Gateway.Wire;
using Grains.Interfaces;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Gateway.Payments;

/// <summary>Submitting one payment: from the request to the grain of its debtor, and its answer.</summary>
internal sealed class PaymentEndpoints(
    ApiKeys keys, IGrains grains, PaymentAccounts accounts, PaymentList list, PaymentEndpoint one, BatchEndpoint batch, ReturnEndpoint returns,
    JourneyEndpoint journey, GatewayInstruments instruments, RequestHashKey hashKey, IOptions<GatewayOptions> options)
{
    /// <summary>The longest wait that a caller may ask for.</summary>
    public const int MaxWaitSeconds = 30;

    private readonly GatewayOptions options = options.Value;
    private readonly TimeSpan grainTimeout = TimeSpan.FromMilliseconds(options.Value.GrainTimeoutMs);

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/payments");
        group.MapPost("", Guard.For(keys, Right.Pay, Submit));
        group.MapGet("", Guard.For(keys, Right.Read, list.Get));
        group.MapPost("/batch", Guard.For(keys, Right.Pay, batch.Submit));
        group.MapGet("/{id}", Guard.For(keys, Right.Read, one.Get));
        group.MapPost("/{id}/return", Guard.For(keys, Right.Pay, returns.Submit));
        group.MapGet("/{id}/journey", Guard.For(keys, Right.Read, journey.Get));
    }

    private async Task<IResult> Submit(HttpContext context, Caller caller)
    {
        var started = instruments.Now();
        var (dryRun, wait) = (false, TimeSpan.Zero);
        if (context.Request.QueryString.HasValue && ReadMode(context, out dryRun, out wait) is { } refused)
            return refused;
        var key = "";
        if (!dryRun && IdempotencyHeader.Read(context, options.Sandbox, out key) is { } keyProblem)
            return keyProblem;
        using var body = await RequestBody.ReadJson(context, options.MaxBodyBytes);
        if (body.Problem is not null)
            return body.Problem;
        var errors = new FieldErrors();
        if (Parse(body.Bytes, options.RoutingNumber, errors, out var request) is { } unreadable)
            return unreadable;
        if (await accounts.Check(request!, caller, ItemPath.Single, errors) is not { } creditor)
            return errors.ToProblem();
        var instruction = Instruction(request!, creditor, caller, key, hashKey);
        // A payment within a shard has its final status when it is answered: only another shard is waited for.
        if (wait > TimeSpan.Zero)
            instruction = instruction with { Wait = wait };
        var grain = grains.Get<IAccountGrain>(instruction.Debtor.Value);
        try
        {
            if (dryRun)
                return Preview(await grain.Preview(instruction).WaitAsync(grainTimeout));
            var answer = await grain.Submit(instruction).WaitAsync(grainTimeout + wait);
            instruments.Submitted(answer, started);
            return Result(answer, isReturn: false);
        }
        catch (TimeoutException)
        {
            return new Problem(ProblemCode.OutcomeUnknown);
        }
    }

    /// <summary>The answer to a submission or a return.</summary>
    public static IResult Result(SubmitAnswer answer, bool isReturn) =>
        SubmitProblem.Of(answer.Outcome, isReturn) ?? (IResult)new JsonResult<PaymentAnswer>(StatusCodes.Status201Created, answer.Payment!, PaymentJson.WriteFirst)
        {
            Location = PaymentJson.Location(answer.Payment!.Id),
            Replayed = answer.Replayed,
        };

    public static PaymentInstruction Instruction(PaymentRequest request, CreditorFacts creditor, Caller caller, string key, RequestHashKey hashKey) => new()
    {
        Tenant = caller.Tenant,
        Debtor = request.Debtor!.Value,
        Creditor = creditor,
        Amount = request.Amount,
        Key = key.Length == 0 ? default : IdempotencyKey.Of(caller.Tenant, key, request.KeyScope),
        RequestHash = request.Hash(hashKey),
        Uetr = request.Uetr,
        Personal = request.Personal,
        Trace = JourneyTrace.Here,
    };

    private static IResult Preview(SubmitAnswer answer) =>
        SubmitProblem.Of(answer.Outcome, isReturn: false) ?? (IResult)new JsonResult<PaymentAnswer>(StatusCodes.Status200OK, answer.Payment!, PaymentJson.WritePreview);

    private static Problem? ReadMode(HttpContext context, out bool dryRun, out TimeSpan wait)
    {
        var query = new QueryParameters(context, "wait", "dryRun");
        wait = query.Seconds("wait", MaxWaitSeconds);
        dryRun = query.Flag("dryRun");
        return query.Errors.Any ? query.Errors.ToProblem() : null;
    }

    private static Problem? Parse(ReadOnlySpan<byte> body, string routingNumber, FieldErrors errors, out PaymentRequest? request)
    {
        request = null;
        if (body.IsEmpty)
            return JsonFault.Empty;
        try
        {
            var reader = new Utf8JsonReader(body, JsonFault.ReaderOptions);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
                request = PaymentRequest.Read(ref reader, ItemPath.Single, routingNumber, errors);
            else
                reader.Skip();
            // Nothing may stand behind the value: the reader says so where it does.
            reader.Read();
            return request is null ? JsonFault.NotAnObject : null;
        }
        catch (JsonException exception)
        {
            return JsonFault.Of(exception);
        }
    }
}
