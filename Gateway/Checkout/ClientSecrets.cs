using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gateway.Keys;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Documents;

namespace Gateway.Checkout;

/// <summary>An intent by its client secret: what a cardholder's browser has in place of a key.</summary>
/// <param name="Intent">What the merchant's callers see of it.</param>
/// <param name="Challenge">The challenge that its cardholder is at; null where at none.</param>
internal sealed record SecretIntent(AccountRecord Owner, DocumentKind Kind, JsonElement Intent, string? Challenge, string? ReturnUrl)
{
    public string Id => Intent.GetProperty("id"u8).GetString()!;

    public string Status => Intent.GetProperty("status"u8).GetString()!;

    /// <summary>Whether the challenge is on a page of the acquirer's, and not on ours.</summary>
    public bool IsChallengeElsewhere => Challenge is not null && ChallengeUrl is { } url && !url.EndsWith($"/checkout/challenge/{Intent.GetProperty("client_secret"u8).GetString()}", StringComparison.Ordinal);

    private string? ChallengeUrl
    {
        get
        {
            if (!Intent.TryGetProperty("next_action"u8, out var next) || next.ValueKind != JsonValueKind.Object)
                return null;
            var (holder, name) = next.TryGetProperty("redirect_to_url"u8, out var redirect) && redirect.ValueKind == JsonValueKind.Object ? (redirect, "url") : (next.GetProperty("use_stripe_sdk"u8), "stripe_js");
            return holder.GetProperty(name).GetString();
        }
    }
}

/// <summary>A checkout session by its page's secret.</summary>
internal sealed record SecretSession(AccountRecord Owner, CheckoutSession Session, SessionRecord Record);

/// <summary>Finds intents by their client secrets, and checkout sessions by those of their pages.</summary>
internal sealed class ClientSecrets(DocumentReader documents)
{
    private const string Separator = "_secret_";

    /// <summary>The session; null where there is none with this secret.</summary>
    public async ValueTask<SecretSession?> FindSession(string? secret)
    {
        var end = secret?.IndexOf(Separator, StringComparison.Ordinal) ?? -1;
        if (end < 0 || !ResourceId.TryParse(secret.AsSpan(0, end), DocumentId.Prefix(DocumentKind.CheckoutSession), out _, out var number) || await documents.FindOwner(number) is not { } owner
            || await documents.Find(owner.Number, (byte)DocumentKind.CheckoutSession, number) is not { } state)
            return null;
        var record = JsonSerializer.Deserialize(state.Private.Span, StoredJson.Default.SessionRecord)!;
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(record.Secret), Encoding.UTF8.GetBytes(secret!))
            ? new SecretSession(owner, JsonSerializer.Deserialize(state.Public.Span, StoredJson.Default.CheckoutSession)!, record)
            : null;
    }

    /// <summary>
    /// Whom a session's page acts for, until the session has expired: it has its secret in place of a publishable key, and may do what
    /// one may.
    /// </summary>
    public async ValueTask<Caller?> FindCaller(string? secret) =>
        await FindSession(secret) is { Session.Status: not "expired" } found ? new Caller(found.Owner.Tenant, found.Owner.Id.Value, ApiKeyRole.MerchantPublishable) : null;

    /// <summary>The intent; null where there is none with this secret.</summary>
    public async ValueTask<SecretIntent?> Find(string? secret)
    {
        var end = secret?.IndexOf(Separator, StringComparison.Ordinal) ?? -1;
        if (end < 0)
            return null;
        var id = secret![..end];
        var kind = id.StartsWith("seti_", StringComparison.Ordinal) ? DocumentKind.SetupIntent : DocumentKind.PaymentIntent;
        if (!ResourceId.TryParse(id, DocumentId.Prefix(kind), out _, out var number) || await documents.FindOwner(number) is not { } owner
            || await documents.Find(owner.Number, (byte)kind, number) is not { } state)
            return null;
        using var json = JsonDocument.Parse(CheckoutObjects.Show(state));
        var intent = json.RootElement.Clone();
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(intent.GetProperty("client_secret"u8).GetString()!), Encoding.UTF8.GetBytes(secret)))
            return null;
        if (kind == DocumentKind.SetupIntent)
        {
            var setup = JsonSerializer.Deserialize(state.Private.Span, StoredJson.Default.SetupRecord)!;
            return new SecretIntent(owner, kind, intent, setup.Challenge, setup.ReturnUrl);
        }

        var record = JsonSerializer.Deserialize(state.Private.Span, StoredJson.Default.IntentRecord)!;
        return new SecretIntent(owner, kind, intent, record.Challenge, record.ReturnUrl);
    }
}
