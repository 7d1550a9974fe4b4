using System.Text.Json;
using Gateway.Wire;
using Grains.Interfaces.Fraud;
using Microsoft.AspNetCore.Http;

namespace Gateway.Fraud;

/// <summary>A model as JSON.</summary>
internal static class ModelJson
{
    public static JsonResult<ModelShown> Shown(ModelShown model, int status = StatusCodes.Status200OK) => new(status, model, Write);

    public static void Write(Utf8JsonWriter json, ModelListed model)
    {
        json.WriteStartObject();
        Write(json, model.Version, model.IsPublished, model.Asked);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ModelShown model)
    {
        json.WriteStartObject();
        Write(json, model.Version, model.IsPublished, model.Asked);
        json.WriteString("by"u8, model.By);
        CaseJson.WriteTime(json, "at"u8, model.At);
        json.WritePropertyName("manifest"u8);
        json.WriteRawValue(model.Manifest.Span);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string version, bool? isPublished, ModelAsked? asked)
    {
        json.WriteString("version"u8, version);
        json.WriteString("mode"u8, isPublished is { } counts ? Mode(counts) : null);
        if (asked is null)
        {
            json.WriteNull("asked"u8);
            return;
        }

        json.WriteStartObject("asked"u8);
        json.WriteString("mode"u8, asked.Choice.Version is null ? "none" : Mode(asked.Choice.IsPublished));
        json.WriteString("by"u8, asked.By);
        json.WriteTime("at"u8, asked.At);
        json.WriteEndObject();
    }

    private static string Mode(bool isPublished) => isPublished ? "live" : "shadow";
}
