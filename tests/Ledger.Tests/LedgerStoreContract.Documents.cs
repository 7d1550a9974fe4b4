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
        var made = Record(new DocumentChange(first, Draft.Number("A"), Listed) { LinksAdded = ["customer:1"] }, new DocumentChange(second, Draft.Number("A"), Listed) { LinksAdded = ["customer:1"] });
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

    [Fact]
    public void A_frame_comes_back_as_it_went()
    {
        DocumentState[] states = [new(1, 7, 2, Encoding.UTF8.GetBytes("{}"), default), new(64, long.MaxValue, 1, default, Encoding.UTF8.GetBytes("secret"))];
        var back = DocumentFrame.Decode(DocumentFrame.Encode(states));
        Assert.Equal(states.Select(static state => (state.Kind, state.Number, state.Version, Encoding.UTF8.GetString(state.Public.Span), Encoding.UTF8.GetString(state.Private.Span))), back.Select(static state => (state.Kind, state.Number, state.Version, Encoding.UTF8.GetString(state.Public.Span), Encoding.UTF8.GetString(state.Private.Span))));
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

    private async Task<IEnumerable<long>> Numbers(string? link, long before = 0, long after = 0) =>
        (await Documents.ListDocuments(new DocumentQuery(Draft.Number("A"), Listed, link, before, after, 10))).Select(static place => place.Number);
}
