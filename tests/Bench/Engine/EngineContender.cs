using System.Diagnostics;
using System.Security.Cryptography;
using System.Runtime.InteropServices;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;

namespace Bench.Engine;

/// <summary>
/// The engine in process: so many callers, each with one payment in flight, on the production grains and ledger. Limits,
/// sealing, hashing and fsync included; over when the projections have caught up with the log.
/// </summary>
internal sealed class EngineContender(IEngineHosts hosts, BenchScale scale) : IContender
{
    private readonly Random random = new(7);
    private IEngineHost? host;

    public required string Name { get; init; }

    public required string Title { get; init; }

    public EngineData Data { get; init; } = EngineData.Uniform;

    public AccountPairs.Choose Choose { get; init; } = AccountPairs.Uniform;

    public int InFlight { get; init; } = BenchScale.EngineInFlight;

    /// <summary>
    /// One payment in so many goes to a closed account, and is declined. It is not counted. 0 is none.
    /// </summary>
    public int BadOneIn { get; init; }

    /// <summary>
    /// Whether the grains believe the closed account open, as they may for a moment after another process closed it: the commit
    /// refuses what they decide, and all that they decided on it, and they decide again.
    /// </summary>
    public bool BelieveOpen { get; init; }

    public async Task Prepare(CancellationToken cancellationToken)
    {
        host = await hosts.Get(Data, cancellationToken);
        if (host.IsWarm)
            return;
        await Pay(scale.WarmUpPayments, cancellationToken);
        host.IsWarm = true;
    }

    public Task<Sample> Measure(CancellationToken cancellationToken) => Pay(scale.EnginePayments, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<Sample> Pay(int payments, CancellationToken cancellationToken)
    {
        var instructions = Instructions(payments);
        var cpu = host!.Cpu;
        var started = Stopwatch.GetTimestamp();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => Task.Run(async () =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) < instructions.Length;)
            {
                var instruction = instructions[i];
                var answer = await host!.Edition.Grains.Get<IAccountGrain>(instruction.Debtor.Value).Submit(instruction);
                var expected = IsBad(i) ? PaymentStatus.Rejected : PaymentStatus.Settled;
                if (answer.Payment?.Status != expected)
                    throw new InvalidOperationException($"A payment was not {expected}: {answer}.");
            }
        }, cancellationToken)));
        await host!.CaughtUp(cancellationToken);
        var counted = BadOneIn == 0 ? payments : payments - (payments / BadOneIn);
        return new Sample(counted, Stopwatch.GetElapsedTime(started), host.Cpu - cpu);
    }

    private bool IsBad(int payment) => BadOneIn != 0 && payment % BadOneIn == BadOneIn - 1;

    // What the gateway hands over: made before the clock starts.
    private PaymentInstruction[] Instructions(int payments)
    {
        var personal = new PersonalFields { RemittanceInfo = EngineText.RemittanceInfo, DeviceId = EngineText.DeviceId };
        var amount = new Money(EngineAccounts.Amount, Currency.Usd);
        var keys = MemoryMarshal.Cast<byte, UInt128>(RandomNumberGenerator.GetBytes(payments * 32)).ToArray();
        var instructions = new PaymentInstruction[payments];
        for (var i = 0; i < payments; i++)
        {
            var (debtor, creditor) = Choose(random);
            instructions[i] = new PaymentInstruction
            {
                Tenant = EngineAccounts.Tenant,
                Debtor = host!.Creditors[debtor].Id,
                Creditor = IsBad(i) ? host.Closed with { Closed = !BelieveOpen } : host.Creditors[creditor],
                Amount = amount,
                Key = new IdempotencyKey(keys[2 * i]),
                RequestHash = keys[(2 * i) + 1],
                Personal = personal,
            };
        }

        return instructions;
    }
}
