using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Grains.Checkout;
using Grains.Interfaces.Checkout;
using Ledger.Documents;

namespace Checkout.Tests;

/// <summary>What is stored of an object is less than what is shown of it, and enough to show it again.</summary>
public sealed class StoredFormTests
{
    private static readonly PaymentIntent Intent = new()
    {
        Id = "pi_1",
        Amount = 2_000,
        CaptureMethod = "manual",
        ClientSecret = "pi_1_secret_2",
        Created = 1,
        Currency = "usd",
        Status = IntentStatus.RequiresCapture,
        Metadata = new Dictionary<string, string> { ["order"] = "7", ["shop"] = "Zürich" },
        NextAction = new NextAction { Type = "redirect_to_url", RedirectToUrl = new RedirectToUrl(null, "https://localhost/3ds") },
    };

    private static readonly Dispute Dispute = new()
    {
        Id = "dp_1",
        Amount = 1,
        Charge = "ch_1",
        Created = 1,
        Currency = "usd",
        PaymentIntent = "pi_1",
        Reason = "fraudulent",
        Status = "lost",
        EvidenceDetails = new EvidenceDetails { DueBy = null },
    };

    public static TheoryData<DocumentKind, object> Objects => new() { { DocumentKind.PaymentIntent, Intent }, { DocumentKind.Dispute, Dispute } };

    [Theory]
    [MemberData(nameof(Objects))]
    public void What_was_stored_is_shown_byte_for_byte(DocumentKind kind, object value)
    {
        var document = new CheckoutDocument(kind, 1, 0, value, null, []);
        var writer = StateWriter.Take();
        writer.Add(document);
        var stored = Assert.Single(DocumentFrame.Decode(writer.Encode().ToArray())).Public;
        Assert.True(stored.Length < document.Show().Length);
        Assert.Equal(Encoding.UTF8.GetString(document.Show()), Encoding.UTF8.GetString(DocumentForm.Show(kind, stored)));
    }

    // As releases before 2026-11-22 stored them: whole.
    [Theory]
    [MemberData(nameof(Objects))]
    public void What_an_older_release_stored_is_shown_the_same(DocumentKind kind, object value)
    {
        var whole = JsonSerializer.SerializeToUtf8Bytes(value, DocumentForm.Shown(kind));
        Assert.Equal(Encoding.UTF8.GetString(whole), Encoding.UTF8.GetString(DocumentForm.Show(kind, whole)));
    }

    [Fact]
    public void Previous_attributes_are_the_fields_that_changed_as_they_were_shown_before()
    {
        var after = Intent with { Amount = 3_000, Description = "More", NextAction = null, Metadata = new Dictionary<string, string> { ["shop"] = "Zürich", ["order"] = "7" } };
        Assert.Equal("""{"amount":2000,"description":null,"next_action":{"redirect_to_url":{"return_url":null,"url":"https://localhost/3ds"},"type":"redirect_to_url"}}""", Of(Intent, after));
        Assert.Equal("""{"metadata":{"shop":"Z\u00FCrich","order":"7"}}""", Of(after, after with { Metadata = new Dictionary<string, string> { ["order"] = "7" } }));
        Assert.Equal("{}", Of(Intent, Intent with { }));
    }

    [Fact]
    public void A_field_that_one_of_the_two_does_not_show_is_null_there()
    {
        var customer = new Customer { Id = "cus_1", Created = 1 };
        Assert.Equal("""{"deleted":null}""", Previous.Of(customer, customer with { Deleted = true }, CheckoutJson.Default.Customer).GetRawText());
        Assert.Equal("""{"deleted":true}""", Previous.Of(customer with { Deleted = true }, customer, CheckoutJson.Default.Customer).GetRawText());
    }

    private static string Of(PaymentIntent before, PaymentIntent after) => Previous.Of(before, after, CheckoutJson.Default.PaymentIntent).GetRawText();

    [Fact]
    public void What_nothing_is_to_be_said_of_in_a_grains_own_record_is_not_stored()
    {
        Assert.Equal("{}", Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(new IntentRecord(), StoredJson.Default.IntentRecord)));
        Assert.Equal("""{"acquirer":"a"}""", Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(new ChargeRecord("a", null, 0), StoredJson.Default.ChargeRecord)));
        Assert.Equal("""{"acquirer":"a","card_reference":"r"}""", Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(new PaymentMethodRecord("a", "r", false, false), StoredJson.Default.PaymentMethodRecord)));
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void A_grains_own_record_is_read_as_it_was_and_as_an_older_release_stored_it(IntentRecord record)
    {
        var stored = JsonSerializer.SerializeToUtf8Bytes(record, StoredJson.Default.IntentRecord);
        Assert.Equal(Told(record), Told(JsonSerializer.Deserialize(stored, StoredJson.Default.IntentRecord)!));
        Assert.Equal(Told(record), Told(JsonSerializer.Deserialize(Told(record), StoredJson.Default.IntentRecord)!));
    }

    // As older releases stored it: all that it has, null aside.
    private static string Told(IntentRecord record) => JsonSerializer.Serialize(record, AllOfIt);

    private static readonly JsonSerializerOptions AllOfIt = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { static form => ShowAll(form) } },
    };

    private static void ShowAll(JsonTypeInfo form)
    {
        foreach (var property in form.Properties)
            property.ShouldSerialize = static (_, value) => value is not null;
    }

    public static TheoryData<IntentRecord> Records
    {
        get
        {
            var attempt = new Attempt { Key = "pi_1:1", Acquirer = "a", Operation = AcquirerOperation.Authorize, Amount = 0, Currency = "usd", Request = new RequestFacts("req_1", null, "2024-04-10", [], ""), AskAtMs = 0 };
            var told = attempt with { Amount = 1, AskAtMs = 2, Final = true, StoredRequest = 3, Asked = 4, Authenticated = true, OffSession = true, Prepared = true, WantsChallenge = true, ErrorOnRequiresAction = true, UseSdk = true };
            return
            [
                new IntentRecord(),
                new IntentRecord { Attempt = attempt, Attempts = 1 },
                new IntentRecord { Attempt = told, Attempts = 1, Hold = 2, Held = 3, Captured = 4, CaptureBeforeMs = 5, Rows = 6, OffSession = true, Session = 7 },
            ];
        }
    }
}
