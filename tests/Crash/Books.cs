using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Crash;

/// <summary>
/// The callers' own books: what they sent and were answered, held against what the ledger says over HTTP.
/// </summary>
internal sealed class Books(IReadOnlyCollection<string> accounts)
{
    private const int Parallel = 32;

    private readonly ConcurrentDictionary<string, Submission> payments = new();
    private readonly ConcurrentDictionary<string, long> returned = new();
    private readonly Dictionary<string, Statement> statements = [];

    public int Payments => payments.Count;

    /// <summary>Settles what got no answer, and holds all that was sent, and the whole ledger, against the books.</summary>
    public async Task Expect(BankClient bank, IReadOnlyCollection<Submission> sent)
    {
        await Resolve(bank, sent);
        Enter(sent);
        await ExpectEach(bank, sent);
        await ExpectLedger(bank);
    }

    /// <summary>Sends every key that got no answer twice: one payment, and both times the same.</summary>
    public Task Resolve(BankClient bank, IEnumerable<Submission> submissions) => ForEach(submissions.Where(static one => one.Answered is null), async one =>
    {
        var first = await one.SendTo(bank);
        Assert.True(one.Take(first), $"{one.Key} cannot be settled: {first}");
        var second = await one.SendTo(bank);
        Assert.True(one.Take(second) && second.Replayed, $"{one.Key}, sent twice, was not recognized the second time.");
    });

    /// <summary>Enters what was answered. No two keys share a payment.</summary>
    public void Enter(IEnumerable<Submission> submissions)
    {
        foreach (var one in submissions)
        {
            var payment = JsonNode.Parse(one.Answered!)!;
            Assert.True(payments.TryAdd((string)payment["id"]!, one), $"Two keys were answered {payment["id"]}.");
            if (one.ReturnOf is { } original && (string?)payment["status"] == "settled")
                returned.AddOrUpdate(original, Cents.Of((string)payment["amount"]!), (_, before) => before + Cents.Of((string)payment["amount"]!));
        }
    }

    /// <summary>Each payment is there as it was answered, and its key answers the same bytes again.</summary>
    public Task ExpectEach(BankClient bank, IEnumerable<Submission> submissions) => ForEach(submissions, async one =>
    {
        var replay = await one.SendTo(bank);
        Assert.True(one.Take(replay) && replay.Replayed, $"{one.Key} was answered as if it were new: {replay.Body}");
        var answered = JsonNode.Parse(one.Answered!)!.AsObject();
        var id = (string)answered["id"]!;
        var stored = JsonNode.Parse((await bank.Get($"payments/{id}")).Body)!.AsObject();
        Assert.Equal(returned.GetValueOrDefault(id), Cents.Of((string)stored["amountReturned"]!));
        foreach (var (name, value) in answered.Where(static property => property.Key != "amountReturned"))
            Assert.True(JsonNode.DeepEquals(value, stored[name]), $"{id}: {name} was answered {value}, and is {stored[name]}.");
    });

    /// <summary>The accounts' entries are the payments, each once on both sides; they chain, and add up to the balances; everything adds up to zero.</summary>
    public async Task ExpectLedger(BankClient bank)
    {
        foreach (var account in accounts)
        {
            if (!statements.TryGetValue(account, out var statement))
                statements.Add(account, statement = new Statement(account));
            await statement.Read(bank);
        }

        var settled = payments.Where(static one => one.Value.Answered!.Contains("\"status\":\"settled\"", StringComparison.Ordinal)).Select(static one => one.Key).ToHashSet();
        Assert.Equal(settled.Order(), statements.Values.SelectMany(static statement => statement.Debits).Order());
        Assert.Equal(settled.Order(), statements.Values.SelectMany(static statement => statement.Credits).Order());
        foreach (var line in (await bank.Read("audit/trial-balance")).GetProperty("data").EnumerateArray())
        {
            Assert.Equal(0, Cents.Of(line, "sum"));
            Assert.Equal(Cents.Of(line, "debitsPosted"), Cents.Of(line, "creditsPosted"));
        }
    }

    /// <summary>The whole once more, with nothing taken over from earlier readings.</summary>
    public async Task ExpectAll(BankClient bank)
    {
        statements.Clear();
        await ExpectLedger(bank);
        await ExpectEach(bank, payments.Values);
    }

    private static Task ForEach(IEnumerable<Submission> submissions, Func<Submission, Task> each) => System.Threading.Tasks.Parallel.ForEachAsync(
        submissions, new ParallelOptions { MaxDegreeOfParallelism = Parallel }, async (one, _) => await each(one));
}
