using System.Diagnostics;
using System.Text.Json;

namespace Silo.Embedded.Commands.DemoTraffic;

/// <summary>
/// Sends demo requests at a steady rate, whether or not the server keeps up: what is due is sent, up to a bound in flight; what is
/// beyond it is counted as not sent.
/// </summary>
internal sealed class TrafficSource(ServerConnection server, IDemoStory story, TrafficMeter meter, int rate, int seconds)
{
    public const int MaxInFlight = 256;

    private const int TickMs = 10;

    /// <summary>Requests in a row that reach nobody; then the server is gone and not merely busy.</summary>
    private const int MaxLostInARow = 200;

    private int inFlight;
    private int lostInARow;

    /// <summary>Asks for one of the accounts that the traffic uses, so that a server without the sandbox says so at once.</summary>
    public async Task CheckAccounts(CancellationToken cancellationToken)
    {
        try
        {
            var answer = await server.Get("/accounts/sandbox_0001", cancellationToken);
            if (answer.Status == 404)
                throw new CommandFailedException($"{server.Address} has no sandbox accounts for this key: traffic runs in the sandbox, with its bank key.");
            if (!answer.IsSuccess)
                throw answer.Refusal(server.Address);
        }
        catch (HttpRequestException exception)
        {
            throw server.Unreachable(exception);
        }
    }

    /// <summary>Gives an account of the sandbox money for what the story has it pay.</summary>
    public async Task Fund(string account, string amount, CancellationToken cancellationToken)
    {
        var answer = await server.Post($"/sandbox/accounts/{account}/fund", JsonSerializer.SerializeToUtf8Bytes(new { amount }), $"traffic-fund-{Guid.NewGuid():N}", cancellationToken);
        if (!answer.IsSuccess)
            throw answer.Refusal(server.Address);
    }

    /// <summary>Runs until its time is over, or it is told to end; then waits for the answers that are due.</summary>
    public async Task Run(CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var requests = new HashSet<Task>();
        long due = 0;
        while (!cancellationToken.IsCancellationRequested && (seconds == 0 || watch.Elapsed < TimeSpan.FromSeconds(seconds)))
        {
            for (var target = watch.ElapsedMilliseconds * rate / 1_000; due < target; due++)
                if (Volatile.Read(ref inFlight) < MaxInFlight)
                    requests.Add(Send(story.Next()));
                else
                    meter.NotSent();
            requests.RemoveWhere(static request => request.IsCompletedSuccessfully);
            if (Volatile.Read(ref lostInARow) >= MaxLostInARow)
                throw new CommandFailedException($"{server.Address} is gone. Sent until then: {meter.Summary().Sent:N0}.");
            await Task.WhenAny(Task.Delay(TickMs, cancellationToken));
        }

        await Task.WhenAll(requests);
    }

    private async Task Send(DemoRequest request)
    {
        meter.InFlight = Interlocked.Increment(ref inFlight);
        var started = Stopwatch.GetTimestamp();
        try
        {
            var answer = await server.Post(request.Path, request.Body, request.Key, CancellationToken.None);
            Interlocked.Exchange(ref lostInARow, 0);
            meter.Answered(request, answer, Stopwatch.GetElapsedTime(started));
            if (request.Kind == DemoKind.Payment && answer.Status == 201 && answer.Body.Text("status") == "settled")
                story.Settled(request, answer.Body.Text("id")!);
        }
        catch (HttpRequestException)
        {
            Interlocked.Increment(ref lostInARow);
            meter.Lost();
        }
        finally
        {
            meter.InFlight = Interlocked.Decrement(ref inFlight);
        }
    }
}
