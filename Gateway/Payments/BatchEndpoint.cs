using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Gateway.Idempotency;
using Gateway.Keys;
using Gateway.Metrics;
using Gateway.Problems;
using Gateway.Wire;
using Grains.Interfaces;
using Grains.Interfaces.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gateway.Payments;

/// <summary><c>POST /payments/batch</c>: each debtor's payments go to its grain in one call, all debtors at once.</summary>
internal sealed partial class BatchEndpoint(
    IGrains grains, PaymentAccounts accounts, GatewayInstruments instruments, RequestHashKey hashKey, IOptions<GatewayOptions> options, ILogger<BatchEndpoint> logger)
{
    private const string NdJson = "application/x-ndjson";

    /// <summary>Results are sent on whenever so many bytes have gathered.</summary>
    private const int FlushBytes = 64 * 1024;

    private readonly GatewayOptions options = options.Value;

    public async Task<IResult> Submit(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        if (context.Request.Headers.ContainsKey(IdempotencyHeader.Name))
            return new Problem(ProblemCode.IdempotencyKeyInvalid, "A batch takes no Idempotency-Key header: each item has its own idempotencyKey.");
        var lines = RequestBody.IsMediaType(context.Request.ContentType, NdJson);
        if (!lines && !RequestBody.IsJson(context.Request.ContentType))
            return new Problem(ProblemCode.ContentTypeNotSupported);
        var items = new List<BatchItem>();
        using (var body = await RequestBody.Read(context, options.MaxBatchBodyBytes))
        {
            if ((body.Problem ?? (lines ? BatchReader.ReadLines(body.Bytes, options, items) : BatchReader.ReadArray(body.Bytes, options, items))) is { } problem)
                return problem;
        }

        await Prepare(items, caller);
        await Submit(items);
        return new BatchResult(items, lines);
    }

    private async ValueTask Prepare(List<BatchItem> items, Caller caller)
    {
        var errors = new FieldErrors();
        for (var i = 0; i < items.Count; i++)
        {
            var item = items[i];
            if (item.Request is null)
            {
                item.Problem ??= item.Errors?.ToProblem();
                continue;
            }

            if (await accounts.Check(item.Request, caller, new ItemPath(i), item.Errors ?? errors) is { } creditor)
                item.Instruction = PaymentEndpoints.Instruction(item.Request, creditor, caller, item.Key!, hashKey);
            else if (item.Errors is not null)
                item.Problem = item.Errors.ToProblem();
            else
                (item.Problem, errors) = (errors.ToProblem(), new FieldErrors());
        }
    }

    private async Task Submit(List<BatchItem> items)
    {
        var calls = Call(items);
        try
        {
            await Task.WhenAll(calls.ConvertAll(static call => call.Answers)).WaitAsync(TimeSpan.FromMilliseconds(options.GrainTimeoutMs));
        }
        catch (TimeoutException)
        {
            // Answers that come later are of no use to anybody: their items are looked at once, here.
            BatchLog.TimedOut(logger, calls.Count(static call => !call.Answers.IsCompleted));
        }
        catch (Exception exception) when (calls.TrueForAll(static call => call.Answers.IsCompleted))
        {
            // Which of them failed, each of them says.
            if (exception is not GrainHostStopping)
                BatchLog.Failed(logger, exception);
        }

        foreach (var call in calls)
            Take(call);
    }

    /// <summary>One call for each debtor, with all of its items in their order.</summary>
    private List<BatchCall> Call(List<BatchItem> items)
    {
        var calls = new List<BatchCall>(items.Count);
        var last = new Dictionary<long, BatchItem>(items.Count);
        foreach (var item in items)
        {
            if (item.Instruction is null)
                continue;
            ref var before = ref CollectionsMarshal.GetValueRefOrAddDefault(last, item.Request!.DebtorNumber, out var known);
            if (known)
                before!.Next = item;
            else
                calls.Add(new BatchCall(item));
            before = item;
        }

        foreach (ref var call in CollectionsMarshal.AsSpan(calls))
            call.Send(grains.Get<IAccountGrain>(call.First.Instruction!.Debtor.Value));
        return calls;
    }

    private void Take(in BatchCall call)
    {
        if (call.Answers is { IsCompletedSuccessfully: true })
        {
            call.ForEach(Take);
        }
        else
        {
            // Whatever failed, or has not ended, may have recorded some of them: the same keys tell.
            var code = call.Answers.Exception?.InnerException is GrainHostStopping ? ProblemCode.ShuttingDown : ProblemCode.OutcomeUnknown;
            for (var item = call.First; item is not null; item = item.Next)
                item.Problem = new Problem(code);
        }
    }

    private void Take(BatchItem item, SubmitAnswer answer)
    {
        instruments.Count(answer);
        if (SubmitProblem.Of(answer.Outcome, isReturn: false) is { } problem)
            item.Problem = problem;
        else
            item.Answer = answer;
    }

    private sealed class BatchResult(List<BatchItem> items, bool lines) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.ContentType = lines ? NdJson : JsonReply.ContentType;
            // Sent on whole: the server would make a chunk of its own of every few items.
            var gathered = new ArrayBufferWriter<byte>(FlushBytes + (FlushBytes / 8));
            await using var json = JsonReply.On(gathered);
            if (!lines)
                json.WriteStartArray();
            foreach (var item in items)
            {
                item.Write(json, httpContext.TraceIdentifier);
                if (lines)
                    EndLine(json, gathered);
                if (json.BytesPending + gathered.WrittenCount > FlushBytes)
                    await Send(json, gathered, httpContext);
            }

            if (!lines)
                json.WriteEndArray();
            await Send(json, gathered, httpContext);
        }

        private static async ValueTask Send(Utf8JsonWriter json, ArrayBufferWriter<byte> gathered, HttpContext context)
        {
            json.Flush();
            await context.Response.BodyWriter.WriteAsync(gathered.WrittenMemory, context.RequestAborted);
            gathered.ResetWrittenCount();
        }

        private static void EndLine(Utf8JsonWriter json, ArrayBufferWriter<byte> gathered)
        {
            json.Flush();
            gathered.Write("\n"u8);
            json.Reset(gathered);
        }
    }

    private static partial class BatchLog
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{Debtors} debtors of a batch did not answer in time.")]
        public static partial void TimedOut(ILogger logger, int debtors);

        [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "A grain failed at a part of a batch.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
