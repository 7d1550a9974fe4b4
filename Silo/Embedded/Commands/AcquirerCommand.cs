using System.CommandLine;
using System.Text;
using System.Text.Json;
using Grains.Acquirers;
using Grains.Acquirers.Sandbox;
using Grains.Interfaces.Webhooks;

namespace Silo.Embedded.Commands;

/// <summary>The sandbox's card acquirer as a process of its own, with its own durable book: what happens to us does not touch it.</summary>
internal static class AcquirerCommand
{
    private const string BookName = "sandbox-acquirer.book";

    /// <summary>How many times each notice is sent: twice shows that duplicates are harmless.</summary>
    private const int NoticeCopies = 2;

    private static readonly Option<string> Urls = new("--urls") { Description = "Addresses to listen on, separated by ';'.", DefaultValueFactory = static _ => "http://127.0.0.1:8090" };
    private static readonly Option<string?> Notify = new("--notify") { Description = "Where to send a signed notice of each operation, twice, late and out of order." };
    private static readonly Option<string> Secret = new("--secret") { Description = "What signs notices.", DefaultValueFactory = static _ => "whsec_sandbox_acquirer" };

    public static DescribedCommand Create()
    {
        var acquirer = new DescribedCommand("acquirer", "Run the sandbox's card acquirer as a process of its own.", "./run acquirer --urls http://127.0.0.1:8090 --data ./acquirer") { Urls, DataDirectory.Option, Notify, Secret };
        acquirer.SetAction((parsed, end) => Run(parsed.GetValue(Urls)!, parsed.GetValue(DataDirectory.Option)!, parsed.GetValue(Notify), parsed.GetValue(Secret)!, end));
        return acquirer;
    }

    private static async Task<int> Run(string urls, string data, string? notify, string secret, CancellationToken end)
    {
        Directory.CreateDirectory(data);
        using var book = new SandboxBook(Path.Combine(data, BookName));
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(urls);
        await using var app = builder.Build();
        app.MapPost("/operations", async context =>
        {
            var request = await JsonSerializer.DeserializeAsync(context.Request.Body, BookJson.Default.AcquirerRequest, context.RequestAborted);
            var answer = book.Do(request!);
            if (notify is not null)
                _ = Tell(client, notify, secret, request!.Key);
            await Write(context, answer);
        });
        app.MapGet("/operations/{key}", (HttpContext context, string key) => book.Find(key) is { } answer ? Write(context, answer) : NotFound(context));
        app.MapGet("/book", context => JsonSerializer.SerializeAsync(context.Response.Body, book.Authorizations, BookJson.Default.IReadOnlyListBookedAuthorization));
        await app.StartAsync(end);
        await Console.Out.WriteLineAsync($"The sandbox acquirer is ready at {app.Urls.First()}.");
        await app.WaitForShutdownAsync(end);
        return 0;
    }

    private static Task Write(HttpContext context, AcquirerAnswer answer)
    {
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(context.Response.Body, answer, BookJson.Default.AcquirerAnswer);
    }

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static async Task Tell(HttpClient client, string notify, string secret, string key)
    {
        for (var copy = 0; copy < NoticeCopies; copy++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(200)));
            var body = Encoding.UTF8.GetBytes($$"""{"key":"{{key}}"}""");
            using var request = new HttpRequestMessage(HttpMethod.Post, notify) { Content = new ByteArrayContent(body) };
            request.Headers.Add(WebhookSignature.Header, WebhookSignature.Sign(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), body, secret));
            try
            {
                using var response = await client.SendAsync(request);
            }
            catch (HttpRequestException unreachable)
            {
                // Nobody listens just now: the attempt is asked for all the same.
                await Console.Error.WriteLineAsync(unreachable.Message);
            }
        }
    }
}
