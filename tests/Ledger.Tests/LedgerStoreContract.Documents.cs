using System.Text;
using Grains.Interfaces.Events;
using Ledger.Documents;

namespace Ledger.Tests;

/// <summary>Documents: an index of what the log's rows hold, written with the entry or not at all.</summary>
public abstract partial class LedgerStoreContract
{
    private const byte Listed = 3;

    private IDocumentIndex Documents => Store.Documents;

    [Fact]
    public async Task A_document_is_found_by_number_and_listed_by_kind_and_link()
    {
        Script.Run("open A   ok");
        var (first, second) = (Draft.NextId(), Draft.NextId());
        var made = Record(new DocumentChange(first, Draft.Number("A"), Listed) { IsNew = true, LinksAdded = ["customer:1"] }, new DocumentChange(second, Draft.Number("A"), Listed) { LinksAdded = ["customer:1"] });
        Store.Commit([made]);
        Assert.Equal(Refusal.None, made.Outcome);
        Assert.Equal(made.Row.Id, (await Documents.FindDocument(first))!.Id);
        Assert.Equal([second, first], await Numbers(null));
        Assert.Equal([second, first], await Numbers("customer:1"));
        Assert.Equal([second], await Numbers(null, after: first));
        Assert.Equal([first], await Numbers(null, before: second));
        var changed = Record(new DocumentChange(first, Draft.Number("A"), Listed) { LinksRemoved = ["customer:1"], LinksAdded = ["customer:2"] });
        Store.Commit([changed]);
        Assert.Equal(changed.Row.Id, (await Documents.FindDocument(first))!.Id);
        Assert.Equal([second], await Numbers("customer:1"));
        Assert.Equal([first], await Numbers("customer:2"));
        Assert.Null(await Documents.FindDocument(Draft.NextId()));
    }

    [Fact]
    public async Task Lists_are_in_the_order_of_time_whatever_the_numbers()
    {
        Script.Run("open A   ok");
        // Two processes have blocks of numbers: the later document may have the lower one.
        long[] numbers = [Draft.NextId(), Draft.NextId(), Draft.NextId(), Draft.NextId()];
        foreach (var (number, at) in ((long, long)[])[(numbers[2], 5_000), (numbers[0], 6_000), (numbers[3], 7_000), (numbers[1], 7_000)])
        {
            Draft.NowMs = at;
            Store.Commit([Record(new DocumentChange(number, Draft.Number("A"), Listed) { LinksAdded = ["customer:1"] })]);
        }

        // A later state is no later document.
        Draft.NowMs = 9_000;
        Store.Commit([Record(new DocumentChange(numbers[2], Draft.Number("A"), Listed) { LinksAdded = ["customer:2"] })]);
        long[] newestFirst = [numbers[3], numbers[1], numbers[0], numbers[2]];
        foreach (var link in (string?[])[null, "customer:1"])
        {
            Assert.Equal(newestFirst, await Numbers(link));
            Assert.Equal(newestFirst.Reverse(), await NumbersOf(new DocumentQuery(Draft.Number("A"), Listed, link, 0, 0, 10, OldestFirst: true)));
            for (var i = 0; i < newestFirst.Length; i++)
            {
                Assert.Equal(newestFirst[(i + 1)..], await Numbers(link, before: newestFirst[i]));
                Assert.Equal(newestFirst[..i], await Numbers(link, after: newestFirst[i]));
            }

            Assert.Equal([numbers[0]], await NumbersOf(new DocumentQuery(Draft.Number("A"), Listed, link, 0, 0, 10, CreatedFromMs: 5_001, CreatedToMs: 6_999)));
            Assert.Equal([numbers[3], numbers[1]], await NumbersOf(new DocumentQuery(Draft.Number("A"), Listed, link, 0, numbers[0], 10, CreatedFromMs: 5_000)));
            Assert.Equal([numbers[2]], await NumbersOf(new DocumentQuery(Draft.Number("A"), Listed, link, numbers[0], 0, 10, CreatedToMs: 7_000)));
            Assert.Empty(await NumbersOf(new DocumentQuery(Draft.Number("A"), Listed, link, Draft.NextId(), 0, 10)));
        }

        Store.Commit([Record(new DocumentChange(numbers[1], Draft.Number("A"), Listed) { LinksRemoved = ["customer:1"] })]);
        Assert.Equal([numbers[3], numbers[0], numbers[2]], await Numbers("customer:1"));
    }

    [Fact]
    public async Task A_refused_entry_leaves_no_document()
    {
        Script.Run("open A   ok");
        var number = Draft.NextId();
        var stale = Record(99, new DocumentChange(number, Draft.Number("A"), Listed));
        Store.Commit([stale]);
        Assert.Equal(Refusal.StaleVersion, stale.Outcome);
        Assert.Null(await Documents.FindDocument(number));
        Assert.Empty(await Numbers(null));
    }

    [Fact]
    public async Task Documents_are_there_after_a_crash()
    {
        Script.Run("open A   ok");
        var number = Draft.NextId();
        Store.Commit([Record(new DocumentChange(number, Draft.Number("A"), Listed) { LinksAdded = ["x"] })]);
        Restart(crash: true);
        Assert.Equal([number], await Numbers("x"));
    }

    private JournalEntry Record(params DocumentChange[] documents) => Record(null, documents);

    private JournalEntry Record(long? version, params DocumentChange[] documents)
    {
        var account = Reader.FindAccount(Draft.Number("A")).AsTask().GetAwaiter().GetResult()!;
        var row = new LogRow
        {
            Id = Draft.NextId(),
            Type = EventType.MerchantRecorded,
            TimeMs = Draft.NowMs,
            Tenant = 1,
            Payment = 0,
            Version = account.EventVersion + 1,
            Debtor = account.Number,
            Currency = account.Currency,
            Data = Encoding.UTF8.GetBytes("{}"),
        };
        EventLog.LeafHash.Seal(row);
        return new JournalEntry { Owner = account.Number, ExpectedVersion = version ?? account.Version, Row = row, Documents = documents };
    }

    private Task<IEnumerable<long>> Numbers(string? link, long before = 0, long after = 0) => NumbersOf(new DocumentQuery(Draft.Number("A"), Listed, link, before, after, 10));

    private async Task<IEnumerable<long>> NumbersOf(DocumentQuery query) => (await Documents.ListDocuments(query)).Select(static place => place.Number);
}
