using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Gateway.OpenApi;

/// <summary><c>/openapi.json</c>: OpenAPI 3.1, made from <see cref="ApiOperations"/>, the problem codes and the schemas beside it.</summary>
internal static class ApiDocument
{
    public const string Path = "/openapi.json";

    private const string SchemasResource = "schemas.json";

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Map(IEndpointRouteBuilder routes, GatewayOptions options, bool makesBackups, ExamplePayment example)
    {
        var document = Build(options.Sandbox, makesBackups).ToJsonString(Readable);
        routes.MapGet(Path, async (HttpContext context) =>
        {
            var bytes = Encoding.UTF8.GetBytes(await example.Find() is { } payment ? document.Replace(ApiOperations.SomePayment, payment, StringComparison.Ordinal) : document);
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = bytes.Length;
            await context.Response.Body.WriteAsync(bytes);
        });
    }

    public static JsonObject Build(bool sandbox, bool makesBackups)
    {
        var paths = new JsonObject();
        foreach (var operation in ApiOperations.All.Where(operation => (sandbox || operation.Tag != "Sandbox") && (makesBackups || operation.Path != ApiOperations.MakesBackup)))
        {
            if (paths[operation.Path] is not JsonObject path)
                paths[operation.Path] = path = [];
            path[operation.Method.ToLowerInvariant()] = Operation(operation);
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Payments",
                ["version"] = "2026-11-21",
                ["description"] = "Real-time payments. Amounts are decimal strings, times RFC 3339 in UTC, errors RFC 9457 problems. In the sandbox, authorize with the key `sk_sandbox_bank`.",
                ["license"] = new JsonObject { ["name"] = "Proprietary", ["identifier"] = "LicenseRef-Proprietary" },
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["tags"] = new JsonArray([.. ApiOperations.All.Select(static operation => operation.Tag).Distinct().Where(tag => sandbox || tag != "Sandbox").Select(static tag => new JsonObject { ["name"] = tag })]),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject { ["key"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "An API key, such as the sandbox's sk_sandbox_bank." } },
                ["schemas"] = Schemas(),
            },
        };
    }

    private static JsonObject Operation(ApiOperation operation)
    {
        var description = new JsonObject
        {
            ["operationId"] = operation.Id,
            ["tags"] = new JsonArray(operation.Tag),
            ["summary"] = operation.Summary,
            ["security"] = operation.Key is null ? new JsonArray() : new JsonArray(new JsonObject { ["key"] = new JsonArray() }),
            ["parameters"] = Parameters(operation),
            ["responses"] = Responses(operation),
        };
        if (operation.Description.Length > 0)
            description["description"] = operation.Description;
        if (operation.Body is not null)
            description["requestBody"] = Body(operation);
        return description;
    }

    private static JsonArray Parameters(ApiOperation operation)
    {
        var parameters = new JsonArray();
        if (operation.PathExample is { } examples)
            foreach (var (name, example) in operation.Path.Split('/').Where(static part => part.StartsWith('{')).Zip(examples.Split('/')))
                parameters.Add(new JsonObject { ["name"] = name[1..^1], ["in"] = "path", ["required"] = true, ["schema"] = new JsonObject { ["type"] = "string" }, ["example"] = example });

        foreach (var query in operation.Query)
        {
            var parameter = new JsonObject { ["name"] = query.Name, ["in"] = "query", ["description"] = query.Description, ["schema"] = JsonNode.Parse(query.Schema) };
            if (query.Example is not null)
                parameter["example"] = query.Schema.Contains("integer", StringComparison.Ordinal) ? JsonNode.Parse(query.Example) : query.Example;
            parameters.Add(parameter);
        }

        if (operation.IsIdempotent)
            parameters.Add(new JsonObject
            {
                ["name"] = "Idempotency-Key",
                ["in"] = "header",
                ["description"] = "1 to 255 printable ASCII characters, bare or quoted; the same for every try of one request. Required outside the sandbox.",
                ["schema"] = new JsonObject { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = 257 },
                ["example"] = "example-" + operation.Id,
            });
        return parameters;
    }

    private static JsonObject Body(ApiOperation operation)
    {
        var content = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = Reference(operation.Body!), ["example"] = JsonNode.Parse(operation.BodyExample!) } };
        if (operation.NdJsonExample is not null)
            content["application/x-ndjson"] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" }, ["example"] = operation.NdJsonExample };
        return new JsonObject { ["required"] = true, ["content"] = content };
    }

    private static JsonObject Responses(ApiOperation operation)
    {
        var success = new JsonObject { ["description"] = operation.Summary };
        var schema = operation.Answer is null ? new JsonObject { ["type"] = "string" } : Reference(operation.Answer);
        success["content"] = new JsonObject { [operation.AnswerType] = new JsonObject { ["schema"] = schema } };
        if (operation.Id == "submitPayment")
            success["links"] = new JsonObject { ["payment"] = new JsonObject { ["operationId"] = "getPayment", ["parameters"] = new JsonObject { ["id"] = "$response.body#/id" } } };
        var responses = new JsonObject { [operation.Status.ToString()] = success };
        if (operation.Id == "submitPayment")
            responses["200"] = new JsonObject { ["description"] = "A dry run's decision.", ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = Reference("PaymentPreview") } } };
        if (operation.Id == "ready")
            responses["503"] = new JsonObject { ["description"] = "Not ready; `missing` says what for.", ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = Reference("Health") } } };
        foreach (var status in operation.AllErrors().GroupBy(static code => code.Status))
            responses[status.Key.ToString()] = Errors([.. status]);
        return responses;
    }

    private static JsonObject Errors(List<ProblemCode> codes)
    {
        var examples = new JsonObject();
        foreach (var code in codes)
            examples[code.Code] = new JsonObject { ["summary"] = code.Title, ["value"] = Example(code) };
        return new JsonObject
        {
            ["description"] = string.Join(" ", codes.Select(static code => $"`{code.Code}`: {code.Title}")),
            ["content"] = new JsonObject { ["application/problem+json"] = new JsonObject { ["schema"] = Reference("Problem"), ["examples"] = examples } },
        };
    }

    private static JsonObject Example(ProblemCode code) => new()
    {
        ["type"] = code.Type,
        ["title"] = code.Title,
        ["status"] = code.Status,
        ["detail"] = code.Cause,
        ["code"] = code.Code,
        ["traceId"] = "req_0000000000000000",
    };

    private static JsonObject Reference(string schema) => new() { ["$ref"] = "#/components/schemas/" + schema };

    private static JsonNode Schemas()
    {
        using var stream = typeof(ApiDocument).Assembly.GetManifestResourceStream(SchemasResource) ?? throw new InvalidOperationException($"The resource {SchemasResource} is missing.");
        return JsonNode.Parse(stream)!;
    }
}
