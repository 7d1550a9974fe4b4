using Grains.Checkout;
using Grains.Interfaces.Checkout;

namespace Checkout.Tests;

/// <summary>A merchant's book is bounded however busy the merchant is, and never takes an older state for the present one.</summary>
public sealed class MerchantBookTests
{
    private readonly MerchantBook book = new("acme", null);

    [Fact]
    public void What_is_over_is_let_go_when_it_is_durable()
    {
        var (happened, intent, paid) = (Event(1), Intent(2, 1), Intent(3, 1, IntentStatus.Succeeded));
        book.Put(happened);
        book.Put(intent);
        book.Put(paid);
        Assert.True(book.TryFind(1, out _));
        Assert.True(book.TryFind(3, out _));
        book.Committed([happened, intent, paid]);
        Assert.False(book.TryFind(1, out _));
        Assert.True(book.TryFind(2, out var found));
        Assert.Same(intent, found);
        Assert.False(book.TryFind(3, out _));
    }

    [Fact]
    public void What_is_over_stays_while_an_older_state_of_it_is_read()
    {
        var (read, paid) = (Intent(1, 1), Intent(1, 2, IntentStatus.Succeeded));
        book.BeginRead(1);
        book.Put(paid);
        book.Committed([paid]);
        book.Learn(1, read);
        book.EndRead(1);
        Assert.True(book.TryFind(1, out var found));
        Assert.Same(paid, found);
    }

    [Fact]
    public void It_stays_small_while_something_is_always_in_flight()
    {
        var inFlight = Intent(1, 1);
        book.Put(inFlight);
        for (var number = 2; number < 3 * MerchantBook.Capacity; number++)
        {
            var intent = Intent(number, 1);
            book.Put(intent);
            book.Committed([intent]);
        }

        Assert.InRange(book.Count, MerchantBook.Capacity, MerchantBook.Capacity + 1);
        Assert.True(book.TryFind(1, out _));
        Assert.False(book.TryFind(2, out _));
        Assert.True(book.TryFind((3 * MerchantBook.Capacity) - 1, out _));
    }

    [Fact]
    public void What_was_asked_for_in_vain_is_forgotten_too()
    {
        for (var number = 1; number < 3 * MerchantBook.Capacity; number++)
            book.Learn(number, null);
        Assert.Equal(MerchantBook.Capacity, book.Count);
    }

    [Fact]
    public void A_newer_state_in_flight_outlives_the_commit_of_the_one_before()
    {
        var (first, second) = (Intent(1, 1), Intent(1, 2));
        book.Put(first);
        book.Put(second);
        book.Committed([first]);
        Fill();
        Assert.True(book.TryFind(1, out var found));
        Assert.Same(second, found);
    }

    [Fact]
    public void What_is_being_read_is_not_forgotten_for_the_older_state_that_was_read()
    {
        var (read, decided) = (Intent(1, 1), Intent(1, 2));
        book.BeginRead(1);
        book.Put(decided);
        book.Committed([decided]);
        Fill();
        book.Learn(1, read);
        book.EndRead(1);
        Assert.True(book.TryFind(1, out var found));
        Assert.Same(decided, found);
        Fill();
        Assert.False(book.TryFind(1, out _));
    }

    [Fact]
    public void A_state_that_a_newer_one_followed_is_not_kept_alive()
    {
        var first = Follow();
        GC.Collect();
        Assert.False(first.TryGetTarget(out _));
        Assert.True(book.TryFind(1, out var found));
        Assert.Equal(2, found!.Version);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private WeakReference<CheckoutDocument> Follow()
    {
        var (first, second) = (Intent(1, 1), Intent(1, 2));
        book.Put(first);
        book.Committed([first]);
        book.Put(second);
        book.Committed([second]);
        return new WeakReference<CheckoutDocument>(first);
    }

    [Fact]
    public void A_refund_is_not_forgotten_while_its_charges_refunds_are_read()
    {
        var refund = new CheckoutDocument(DocumentKind.Refund, 1, 1, new Refund { Id = "re_1", Amount = 1, Charge = "ch_1", PaymentIntent = "pi_1", Currency = "usd", Created = 1, Status = "succeeded", PaymentMethod = "pm_1" }, null, []);
        book.BeginReadRefunds();
        book.Put(refund);
        book.Committed([refund]);
        Fill();
        book.LearnRefunds("ch_1", []);
        book.EndReadRefunds();
        Assert.Equal([1], book.RefundsOf("ch_1"));
    }

    private void Fill()
    {
        for (var i = 0; i < 2 * MerchantBook.Capacity; i++)
        {
            var intent = Intent(1_000_000 + i, 1);
            book.Put(intent);
            book.Committed([intent]);
        }
    }

    private static CheckoutDocument Event(long number) =>
        new(DocumentKind.Event, number, 1, new EventRecord { Id = "evt_1", Type = "charge.succeeded", ApiVersion = "2024-04-10", Created = 1, Subject = 2, Place = 0 }, null, []);

    private static CheckoutDocument Intent(long number, int version, string status = IntentStatus.RequiresCapture) => new(
        DocumentKind.PaymentIntent, number, version, new PaymentIntent { Id = "pi_" + number, Amount = 1, CaptureMethod = "manual", ClientSecret = "s", Created = 1, Currency = "usd", Status = status }, null, []);
}
