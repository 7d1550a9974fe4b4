using Grains.Fraud;
using Grains.Fraud.Features;
using Grains.Interfaces.Fraud;

namespace Grains.Tests.Fraud.Features;

public sealed class ListBookTests
{
    private const long Now = 1_795_269_780_000;

    private static readonly ListedParties Parties = new("acc_1", "acc_2", "card_3", "device_4", "192.0.2.5");

    [Theory]
    [InlineData(ListSubject.Account, "acc_1", true)]
    [InlineData(ListSubject.Account, "acc_2", false)]
    [InlineData(ListSubject.Counterparty, "acc_2", true)]
    [InlineData(ListSubject.Counterparty, "acc_1", false)]
    [InlineData(ListSubject.Card, "card_3", true)]
    [InlineData(ListSubject.Card, "CARD_3", false)]
    [InlineData(ListSubject.Device, "device_4", true)]
    [InlineData(ListSubject.Ip, "192.0.2.5", true)]
    [InlineData(ListSubject.Ip, "::ffff:192.0.2.5", true)]
    [InlineData(ListSubject.Ip, "192.0.2.4/31", true)]
    [InlineData(ListSubject.Ip, "192.0.2.9/24", true)]
    [InlineData(ListSubject.Ip, "192.0.2.6/31", false)]
    [InlineData(ListSubject.Ip, "0.0.0.0/0", true)]
    [InlineData(ListSubject.Ip, "2001:db8::/32", false)]
    public void An_entry_names_its_own_kind_of_party(ListSubject subject, string value, bool isNamed)
    {
        var (vector, facts) = Fill(new ListEntry(ListKind.Block, subject, value));
        Assert.Equal(isNamed ? 1 : 0, vector[Feature.OnBlockList]);
        Assert.Equal((0, 0), (vector[Feature.OnAllowList], vector[Feature.OnWatchList]));
        Assert.Equal(isNamed ? value : null, facts.ListedEntry);
    }

    [Theory]
    [InlineData("2001:db8::7", "2001:db8::/32", true)]
    [InlineData("2001:db9::7", "2001:db8::/32", false)]
    [InlineData("2001:db8::7", "2001:0DB8:0::7", true)]
    [InlineData("2001:db8::7", "0.0.0.0/0", false)]
    public void Addresses_are_compared_by_their_bits(string address, string listed, bool isNamed)
    {
        var vector = new FeatureVector();
        new ListBook([new ListEntry(ListKind.Vpn, ListSubject.Ip, listed)]).Fill(vector, Parties with { Ip = address }, Now, RiskFacts.None);
        Assert.Equal(isNamed ? 1 : 0, vector[Feature.LocationIsUnreliable]);
    }

    [Fact]
    public void An_entry_is_in_force_before_it_expires_and_not_from_then_on()
    {
        var entry = new ListEntry(ListKind.Watch, ListSubject.Account, "acc_1", Now);
        Assert.Equal(1, Fill(entry, Now - 1).Vector[Feature.OnWatchList]);
        Assert.Equal(0, Fill(entry, Now).Vector[Feature.OnWatchList]);
        Assert.Equal(1, Fill(entry with { ExpiresAtMs = null }, long.MaxValue).Vector[Feature.OnWatchList]);
        var vector = new FeatureVector();
        new ListBook([entry, entry with { ExpiresAtMs = Now + 5 }]).Fill(vector, Parties, Now, RiskFacts.None);
        Assert.Equal(1, vector[Feature.OnWatchList]);
    }

    [Fact]
    public void Each_list_says_what_it_names()
    {
        var vector = new FeatureVector();
        var facts = new ListBook(
        [
            new ListEntry(ListKind.Allow, ListSubject.Account, "acc_1"), new ListEntry(ListKind.Watch, ListSubject.Counterparty, "acc_2"), new ListEntry(ListKind.Block, ListSubject.Ip, "192.0.2.0/24"),
        ]).Fill(vector, Parties, Now, new RiskFacts { TravelTo = "London" });
        Assert.Equal(("acc_1", "acc_2", "192.0.2.0/24", "192.0.2.0/24", "London"), (facts.AllowedEntry, facts.WatchedEntry, facts.BlockedEntry, facts.ListedEntry, facts.TravelTo));
    }

    [Fact]
    public void Without_an_address_nobody_knows_whether_the_place_is_reliable()
    {
        var vector = new FeatureVector();
        ListBook.Empty.Fill(vector, Parties with { Ip = null }, Now, RiskFacts.None);
        Assert.False(vector.Has(Feature.LocationIsUnreliable));
        ListBook.Empty.Fill(vector, Parties with { Ip = "not an address" }, Now, RiskFacts.None);
        Assert.Equal((0, 0), (vector[Feature.LocationIsUnreliable], vector[Feature.OnBlockList]));
    }

    [Theory]
    [InlineData(ListSubject.Ip, "192.0.2.300")]
    [InlineData(ListSubject.Ip, "192.0.2.0/33")]
    [InlineData(ListSubject.Account, "")]
    public void What_cannot_be_read_is_refused(ListSubject subject, string value)
    {
        Assert.False(ListEntry.IsReadable(subject, value));
        Assert.Throws<FormatException>(() => new ListBook([new ListEntry(ListKind.Block, subject, value)]));
    }

    [Fact]
    public void A_book_is_bounded()
    {
        var most = Enumerable.Range(0, ListBook.MaxEntries).Select(static number => new ListEntry(ListKind.Block, ListSubject.Card, $"card_{number}")).ToList();
        Assert.Equal(ListBook.MaxEntries, new ListBook(most).Count);
        Assert.Throws<ArgumentException>(() => new ListBook([.. most, most[0]]));
        Assert.False(ListEntry.IsReadable(ListSubject.Card, new string('a', ListEntry.MaxValueLength + 1)));
    }

    private static (FeatureVector Vector, RiskFacts Facts) Fill(ListEntry entry, long nowMs = Now)
    {
        var vector = new FeatureVector();
        return (vector, new ListBook([entry]).Fill(vector, Parties, nowMs, RiskFacts.None));
    }
}
