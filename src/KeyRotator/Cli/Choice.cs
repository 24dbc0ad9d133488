using System.CommandLine;

namespace KeyRotator.Cli;

/// <summary>Options that take one of an enum's members, in lower case.</summary>
internal static class Choice
{
    /// <summary>An option with its default.</summary>
    public static Option<string> Option<T>(string name, T initial, string description, params string[] aliases)
        where T : struct, Enum
    {
        string[] words = [.. Enum.GetNames<T>().Select(word => word.ToLowerInvariant())];
        var option = new Option<string>(name, aliases)
        {
            Description = description,
            HelpName = string.Join('|', words),
            DefaultValueFactory = _ => initial.ToString().ToLowerInvariant(),
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && !words.Contains(token.Value))
            {
                var hint = Typed.Suggest(token.Value, words);
                result.AddError($"{name} takes one of {string.Join(", ", words)}, not {Typed.Show(token.Value)}.{hint}");
            }
        });
        option.CompletionSources.Add(words);
        return option;
    }

    /// <summary>The member that was chosen.</summary>
    public static T Of<T>(ParseResult parsed, Option<string> option)
        where T : struct, Enum => Enum.Parse<T>(parsed.GetRequiredValue(option), ignoreCase: true);
}
