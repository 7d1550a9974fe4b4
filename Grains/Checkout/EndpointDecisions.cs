using System.Text.Json;
using Grains.Interfaces.Checkout;

namespace Grains.Checkout;

/// <summary>Where a merchant's events go, and what signs them.</summary>
internal static class EndpointDecisions
{
    /// <summary>How long a replaced secret signs beside the new one: a day.</summary>
    private const long BothSecretsMs = 24L * 3600 * 1000;

    private const int MaxEndpoints = 16;

    public static Decided Save(Draft draft, SaveEndpoint command)
    {
        if (command.Id is null)
            return Create(draft, command);
        if (Find(draft, command.Id, out var document) is { } missing)
            return missing;
        var (old, record) = ((WebhookEndpoint)document!.Public, (EndpointRecord)document.Private!);
        var changed = Change(old, command);
        if (!command.RotateSecret)
        {
            draft.Put(DocumentKind.WebhookEndpoint, document.Number, changed, record);
            return Decided.Shows(DocumentKind.WebhookEndpoint, document.Number);
        }

        record = record with { Secret = draft.Tools.Secrets.Endpoint(document.Number, draft.NowMs), PreviousSecret = record.Secret, PreviousUntilMs = draft.NowMs + BothSecretsMs };
        return Shown(draft, document.Number, changed, record);
    }

    public static Decided Delete(Draft draft, DeleteEndpoint command)
    {
        if (Find(draft, command.Id, out var document) is { } missing)
            return missing;
        var old = (WebhookEndpoint)document!.Public;
        draft.Put(DocumentKind.WebhookEndpoint, document.Number, old with { Status = "disabled" }, (EndpointRecord)document.Private! with { Deleted = true });
        return Decided.Answers(DocumentKind.WebhookEndpoint, document.Number, new WireAnswer(200, CustomerDecisions.Deleted(old.Id, "webhook_endpoint")));
    }

    private static Decided Create(Draft draft, SaveEndpoint command)
    {
        if (draft.Endpoints.Count(endpoint => draft.Find(DocumentKind.WebhookEndpoint, endpoint) is { Private: EndpointRecord { Deleted: false } }) >= MaxEndpoints)
            return WireError.Invalid(draft.Request, $"You have reached the maximum of {MaxEndpoints} webhook endpoints.", "url");
        var number = draft.NewNumber();
        var endpoint = Change(
            new WebhookEndpoint { Id = draft.IdOf(DocumentKind.WebhookEndpoint, number), ApiVersion = command.ApiVersion, Created = draft.Now, EnabledEvents = [], Status = "enabled", Url = "" },
            command);
        return Shown(draft, number, endpoint, new EndpointRecord { Secret = draft.Tools.Secrets.Endpoint(number, 0), ApiVersion = command.ApiVersion ?? draft.Request.ApiVersion, IsStandard = command.IsStandard });
    }

    // The secret is shown in this one answer, and stands in no later state.
    private static Decided Shown(Draft draft, long number, WebhookEndpoint endpoint, EndpointRecord record)
    {
        draft.Put(DocumentKind.WebhookEndpoint, number, endpoint, record);
        return Decided.Answers(DocumentKind.WebhookEndpoint, number, new WireAnswer(200, JsonSerializer.SerializeToUtf8Bytes(endpoint with { Secret = record.Secret }, CheckoutJson.Default.WebhookEndpoint)));
    }

    private static WebhookEndpoint Change(WebhookEndpoint endpoint, SaveEndpoint command) => endpoint with
    {
        Url = command.Url ?? endpoint.Url,
        EnabledEvents = command.EnabledEvents ?? endpoint.EnabledEvents,
        Description = Text.After(command.Description, endpoint.Description),
        Status = command.Disabled is { } disabled ? disabled ? "disabled" : "enabled" : endpoint.Status,
        Metadata = MetadataUpdate.After(command.Metadata, endpoint.Metadata),
    };

    private static WireAnswer? Find(Draft draft, string id, out CheckoutDocument? document)
    {
        document = draft.Find(DocumentKind.WebhookEndpoint, id);
        if (document is { Private: EndpointRecord { Deleted: false } })
            return null;
        return WireError.NoSuch(draft.Request, "webhook endpoint", id, "webhook_endpoint", inPath: true);
    }
}
