using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;

namespace Ledger.Tests;

/// <summary>
/// Runs a table of ledger calls, one a line, the expected outcome last:
/// <code>
/// open A                     ok
/// fund A 100                 ok
/// pay  A B 60 key=k1 as=p    ok
/// hold h A B 10 expires=2000 AccountRule
/// A    60 100 0 0            -- debits posted, credits posted, debits pending, credits pending
/// </code>
/// Lines between <c>batch</c> and <c>commit</c> are one database transaction. After each line a refused entry must have left no
/// trace, and the trial balance must be zero.
/// </summary>
internal sealed class LedgerScript(ILedgerStore store)
{
    private readonly Dictionary<string, long> labels = [];
    private readonly Dictionary<string, (string Debtor, string Creditor)> holds = [];

    public JournalDraft Draft { get; } = new(store);

    public long Label(string name) => labels[name];

    public void Run(string table)
    {
        List<(string Line, JournalEntry Entry, string Outcome)>? batch = null;
        foreach (var line in table.Split('\n').Select(static line => line.Split("--")[0].Trim()).Where(static line => line.Length > 0))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            switch (words[0])
            {
                case "batch":
                    batch = [];
                    break;
                case "commit":
                    CommitAll(batch!);
                    batch = null;
                    break;
                case "at":
                    Draft.NowMs = long.Parse(words[1]);
                    break;
                case var name when Draft.Names.Contains(name):
                    CheckCounters(line, name, words[1..]);
                    break;
                default:
                    var call = (line, Entry(words[..^1]), words[^1]);
                    if (batch is null)
                        CommitAll([call]);
                    else
                        batch.Add(call);
                    break;
            }
        }
    }

    private JournalEntry Entry(string[] words)
    {
        var options = words.Where(static word => word.Contains('=')).Select(static word => word.Split('=')).ToDictionary(static pair => pair[0], static pair => pair[1]);
        var rest = words.Where(static word => !word.Contains('=')).ToArray();
        var key = options.TryGetValue("key", out var text) ? IdempotencyKey.Of(1, text, "test") : default;
        var currency = options.TryGetValue("currency", out var code) ? Currency.Parse(code) : Currency.Usd;
        var expires = options.TryGetValue("expires", out var at) ? long.Parse(at) : 0;
        JournalEntry entry;
        switch (rest[0])
        {
            case "open":
                entry = Draft.Open(rest[1], rest.Length > 2 ? long.Parse(rest[2]) : 0, currency, key);
                break;
            case "fund":
                entry = Draft.Fund(rest[1], long.Parse(rest[2]));
                break;
            case "pay":
                entry = Draft.Decide(rest[1], Draft.Transfer(rest[1], rest[2], long.Parse(rest[3]), TransferKind.Posted, key: key, currency: currency));
                break;
            case "decline":
                entry = Draft.Decline(rest[1], rest[2], long.Parse(rest[3]), key);
                break;
            case "hold":
                entry = Draft.Decide(rest[2], Draft.Transfer(rest[2], rest[3], long.Parse(rest[4]), TransferKind.Hold, key: key, expiresAtMs: expires, currency: currency));
                labels[rest[1]] = entry.Row.Id;
                holds[rest[1]] = (rest[2], rest[3]);
                break;
            case "increase" or "post" or "final" or "void" or "expire":
                var (debtor, creditor) = holds[rest[1]];
                entry = Draft.Decide(debtor, Draft.Transfer(debtor, creditor, long.Parse(rest[2]), KindOf(rest[0]), labels[rest[1]]));
                break;
            case "return":
                entry = Draft.Decide(rest[2], Draft.Transfer(rest[2], rest[3], long.Parse(rest[4]), TransferKind.Posted), returns: labels[rest[1]]);
                break;
            case "freeze":
                entry = Draft.ChangeStatus(rest[1], AccountStatus.Frozen);
                break;
            case "unfreeze":
                entry = Draft.ChangeStatus(rest[1], AccountStatus.Open);
                break;
            case "close":
                entry = Draft.ChangeStatus(rest[1], AccountStatus.Closed);
                break;
            default:
                throw new ArgumentException($"'{rest[0]}' is no call.");
        }

        if (options.TryGetValue("as", out var label))
            labels[label] = entry.Row.Id;
        return options.TryGetValue("version", out var version) ? WithVersion(entry, long.Parse(version)) : entry;
    }

    private static TransferKind KindOf(string word) => word switch
    {
        "increase" => TransferKind.Increase,
        "post" => TransferKind.Post,
        "final" => TransferKind.PostFinal,
        "void" => TransferKind.Void,
        "expire" => TransferKind.Expire,
        _ => throw new ArgumentException($"'{word}' moves no hold."),
    };

    private static JournalEntry WithVersion(JournalEntry entry, long version) => new()
    {
        Owner = entry.Owner,
        ExpectedVersion = version,
        Row = entry.Row,
        MoreRows = entry.MoreRows,
        Change = entry.Change,
        Returns = entry.Returns,
    };

    private void CommitAll(List<(string Line, JournalEntry Entry, string Outcome)> calls)
    {
        var before = Fingerprint();
        var entries = calls.Select(static call => call.Entry).ToArray();
        Draft.CommitAll(entries);
        foreach (var (line, entry, outcome) in calls)
        {
            var actual = entry.Outcome == Refusal.None ? "ok" : entry.Outcome.ToString();
            Assert.True(actual == outcome, $"'{line}' came to {actual}.");
            if (entry.Outcome != Refusal.None)
            {
                Assert.Null(Draft.Store.Reader.FindRow(entry.Row.Id).Now());
                if (entry.Outcome != Refusal.DuplicateKey && !entry.Row.Key.IsNone)
                    Assert.Null(Draft.Store.Reader.FindByKey(entry.Row.Key).Now());
            }
        }

        if (entries.All(static entry => entry.Outcome != Refusal.None))
            Assert.True(before == Fingerprint(), $"The refused '{calls[0].Line}' left a trace:\n{before}\n{Fingerprint()}");
        Assert.All(Draft.Store.Reader.TrialBalance().Now(), static line => Assert.True(line.IsBalanced, line.ToString()));
    }

    /// <summary>Everything that an entry could change, as text.</summary>
    private string Fingerprint()
    {
        var reader = Draft.Store.Reader;
        var accounts = reader.ListAccounts(null, 0, 1_000, newestFirst: false).Now();
        var text = accounts.Select(static account => $"{account.Id} {account.Status} {account.Counters} v{account.Version} e{account.EventVersion} row {account.LastRow} of {account.Activity}");
        var held = labels.Values.Select(id => $"{reader.FindHold(id).Now()} returned {reader.AmountReturned(id).Now()}");
        var due = reader.Due(long.MaxValue, 1_000).Now().Select(static item => item.ToString());
        return string.Join('\n', [.. text, .. held, .. due, $"position {Draft.Store.LastPosition}"]);
    }

    private void CheckCounters(string line, string name, string[] words)
    {
        var expected = words.Select(long.Parse).ToArray();
        var actual = Draft.Account(name).Counters;
        Assert.True(
            actual == new Counters(expected[0], expected[1], expected[2], expected[3]),
            $"'{line}', but it has {actual.DebitsPosted} {actual.CreditsPosted} {actual.DebitsPending} {actual.CreditsPending}.");
    }
}
