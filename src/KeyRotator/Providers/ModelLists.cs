using System.Text.Json;

namespace KeyRotator.Providers;

/// <summary>Reads model lists.</summary>
internal static class ModelLists
{
    /// <summary>The list in an array, or null where it is none or an element is no model: then the shape proves nothing.</summary>
    /// <param name="models">What should be the array.</param>
    /// <param name="isWhole">Whether the provider sent all that the key may use.</param>
    /// <param name="readModel">Reads one element; null for what is no model.</param>
    /// <param name="isCallable">Tells models apart that are listed and cannot be called; null where the vendor makes no such
    /// difference.</param>
    public static ModelList? Read(
        JsonElement? models, bool isWhole, Func<JsonElement, ListedModel?> readModel, Func<JsonElement, bool>? isCallable = null)
    {
        if (models is not { ValueKind: JsonValueKind.Array } array)
        {
            return null;
        }

        var list = new List<ListedModel>(array.GetArrayLength());
        foreach (var element in array.EnumerateArray())
        {
            if (readModel(element) is not { } model)
            {
                return null;
            }

            if (isCallable is null || isCallable(element))
            {
                list.Add(model);
            }
        }

        return new ModelList(list, isWhole);
    }

    /// <summary>The list that OpenAI and its likes answer: <c>{"data":[{"id":…}]}</c>; null for any other shape.</summary>
    public static ModelList? ReadOpenAi(ProbeAnswer answer, bool isWhole = true) => Read(answer.At("data"), isWhole, ById);

    /// <summary>A model of which only <c>id</c> is known.</summary>
    public static ListedModel? ById(JsonElement model) => model.Text("id"u8) is { } id ? new ListedModel(id, []) : null;
}
