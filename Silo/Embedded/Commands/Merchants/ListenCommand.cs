using System.CommandLine;
using System.Text.Json;
using Grains.Interfaces.Webhooks;

namespace Silo.Embedded.Commands.Merchants;

/// <summary>Brings a merchant's events to a receiver on this machine: an endpoint for as long as it runs, and every delivery handed on unchanged.</summary>
internal static class ListenCommand
{
    private const int MaxBodyBytes = 1024 * 1024;

    private static readonly Option<string> ForwardTo = new("--forward-to") { Description = "Where deliveries are handed on to.", Required = true };
    private static readonly Option<string[]> Events = new("--events") { Description = "Types of events; all without it.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = static _ => ["*"] };

    public static DescribedCommand Create()
    {
        var command = new DescribedCommand(
            "listen", "Hand a merchant's events on to a receiver, signed as they come.", "./run listen --forward-to http://127.0.0.1:4242/webhook", "./run listen --forward-to http://127.0.0.1:4242/webhook --events payment_intent.succeeded")
        {
            ForwardTo, Events, ServerConnection.Url, MerchantConnection.Key, Screen.JsonOption,
        };
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var screen = Screen.Of(parsed);
        if (!Uri.TryCreate(parsed.GetValue(ForwardTo), UriKind.Absolute, out var target) || target.Scheme is not ("http" or "https"))
            throw new CommandFailedException("--forward-to is not an address like http://127.0.0.1:4242/webhook.", ExitCode.Usage);
        using var merchant = new MerchantConnection(parsed);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.MapPost("/", context => HandOn(context, client, target, screen));
        await app.StartAsync(cancellationToken);
        var form = parsed.GetValue(Events)!.Select(static type => ("enabled_events[]", type)).Prepend(("url", app.Urls.First() + "/")).ToArray();
        var endpoint = await merchant.Send(HttpMethod.Post, "/v1/webhook_endpoints", cancellationToken, form);
        if (screen.IsJson)
            Screen.WriteJson(new { endpoint = endpoint.Text("id"), secret = endpoint.Text("secret") });
        else
            screen.Line($"Ready. The signing secret is {endpoint.Text("secret")}. Ctrl+C ends it.");
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            screen.Note("Ending.");
        }

        await merchant.Send(HttpMethod.Delete, "/v1/webhook_endpoints/" + endpoint.Text("id"), CancellationToken.None);
        return ExitCode.Done;
    }

    private static async Task HandOn(HttpContext context, HttpClient client, Uri target, Screen screen)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        if (body.Length > MaxBodyBytes)
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }

        using var delivered = JsonDocument.Parse(body.ToArray());
        using var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = new ByteArrayContent(body.ToArray()) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        request.Headers.TryAddWithoutValidation(WebhookSignature.Header, context.Request.Headers[WebhookSignature.Header].ToString());
        try
        {
            using var response = await client.SendAsync(request, context.RequestAborted);
            context.Response.StatusCode = (int)response.StatusCode;
        }
        catch (HttpRequestException unreachable)
        {
            screen.Note(unreachable.Message);
            context.Response.StatusCode = StatusCodes.Status502BadGateway;
        }

        var (type, id) = (delivered.RootElement.Text("type"), delivered.RootElement.Text("id"));
        if (screen.IsJson)
            Screen.WriteJson(new { type, id, status = context.Response.StatusCode });
        else
            screen.Line($"{context.Response.StatusCode}  {type}  {id}");
    }
}
