using System.Net;
using System.Text;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Fraud.Client;

namespace Gateway.Tests.Fraud;

/// <summary>The client against servers that are worse than ours.</summary>
public sealed class FraudStreamClientTests
{
    [Fact]
    public async Task What_comes_again_is_left_out_and_each_connection_goes_on_after_the_last_event()
    {
        var server = new Script(
            [Event(1) + Event(2), Event(2) + Event(1) + Event(3) + ": too slow\n\n", null, Event(3) + Other(1) + Event(4)]);
        using var http = new HttpClient(server) { BaseAddress = new Uri("http://127.0.0.1") };
        var states = new List<FraudStreamState>();
        var client = new FraudStreamClient(http, TimeProvider.System) { Retry = TimeSpan.FromMilliseconds(1), StateChanged = states.Add };
        var seen = new List<string>();
        await foreach (var next in client.Read(new() { Outcome = RiskOutcome.Review, MinScore = 50, Account = "a:b" }))
        {
            seen.Add($"{next.Source} {next.Position} {next.Outcome} {next.Score} {string.Join(' ', next.Rules)}");
            if (seen.Count == 5)
                break;
        }

        Assert.Equal(["/shards/0 1 Review 60 a_rule", "/shards/0 2 Review 60 a_rule", "/shards/0 3 Review 60 a_rule", "/shards/1 1 Review 60 a_rule", "/shards/0 4 Review 60 a_rule"], seen);
        Assert.Equal(["start", "2", "3", "3"], server.Cursors.Select(static cursor => cursor ?? "start"));
        Assert.Equal("/fraud/stream?account=a%3Ab&outcome=review&minScore=50", server.Path);
        Assert.Equal(
            [FraudStreamState.Connected, FraudStreamState.Broken, FraudStreamState.Connected, FraudStreamState.TooSlow, FraudStreamState.Unreachable, FraudStreamState.Connected],
            states);
    }

    [Fact]
    public async Task A_connection_that_breaks_before_its_first_event_comes_back_to_where_it_began()
    {
        var server = new Script(["retry: 1\n\n", Event(8)]);
        using var http = new HttpClient(server) { BaseAddress = new Uri("http://127.0.0.1") };
        await foreach (var next in new FraudStreamClient(http, TimeProvider.System) { Retry = TimeSpan.FromMilliseconds(1) }.Read(new()))
        {
            Assert.Equal(8, next.Position);
            break;
        }

        Assert.Equal([null, "begun"], server.Cursors);
    }

    [Theory]
    [InlineData("id: 1\ndata: {}\n\n")]
    [InlineData("id: 1\ndata: nonsense\n\n")]
    public async Task What_is_not_an_event_ends_the_reading(string frame)
    {
        using var http = new HttpClient(new Script([frame])) { BaseAddress = new Uri("http://127.0.0.1") };
        await Assert.ThrowsAsync<InvalidDataException>(async () => await new FraudStreamClient(http, TimeProvider.System).Read(new()).GetAsyncEnumerator().MoveNextAsync());
    }

    private static string Event(int position) => Frame(position, $"{position}", "/shards/0");

    private static string Other(int position) => Frame(position, "3", "/shards/1");

    private static string Frame(int position, string cursor, string source) =>
        $$$$$"""
        id: {{{{{cursor}}}}}
        data: {"type":"payment.held","source":"{{{{{source}}}}}","position":"{{{{{position}}}}}","subject":"pay_1","data":{"risk":{"outcome":"review","score":60,"reasons":[{"rule":"a_rule"}]}}}


        """.ReplaceLineEndings("\n");

    /// <summary>Answers one body after the other; null answers 503.</summary>
    private sealed class Script(string?[] bodies) : HttpMessageHandler
    {
        public List<string?> Cursors { get; } = [];

        public string? Path { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = bodies[Cursors.Count];
            Path = request.RequestUri!.PathAndQuery;
            Cursors.Add(request.Headers.TryGetValues("Last-Event-ID", out var cursors) ? cursors.Single() : null);
            if (body is null)
                return Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
            var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
            response.Headers.Add("Stream-Cursor", "begun");
            return Task.FromResult(response);
        }
    }
}
