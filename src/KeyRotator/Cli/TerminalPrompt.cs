using System.Text;

namespace KeyRotator.Cli;

/// <summary>Asks on the terminal: one line, shown while it is typed or not.</summary>
internal sealed class TerminalPrompt(CliContext context)
{
    private const int MostCharacters = 16 * 1024;
    private const char ControlC = '\u0003';
    private const char ControlD = '\u0004';

    /// <summary>A line of which nothing is echoed, not even its length.</summary>
    /// <exception cref="CliException">It was interrupted, more than one line came, or the terminal cannot do it.</exception>
    public string ReadHidden(string question) => Read($"{question} (it is not shown): ", isShown: false);

    /// <summary>A line that is shown.</summary>
    /// <exception cref="CliException">It was interrupted, or the terminal cannot do it.</exception>
    public string ReadShown(string question) => Read($"{question}: ", isShown: true);

    private string Read(string question, bool isShown)
    {
        try
        {
            // Before the question: whoever pastes at once must not see it.
            using var hidden = context.HideTyping();
            context.Error.Write(question);
            context.Error.Flush();
            var line = ReadLine(isShown);
            return isShown || !IsMorePasted() ? line
                : throw CliException.Usage("More than one line was pasted: a key is one line. Nothing was changed.");
        }
        catch (Exception fault) when (fault is InvalidOperationException or PlatformNotSupportedException or IOException)
        {
            throw CliException.Usage(
                "This terminal cannot take a value without showing it: hand it in on standard input, or with --from-file. Nothing was "
                + "changed.");
        }
        finally
        {
            context.Error.WriteLine();
        }
    }

    private string ReadLine(bool isShown)
    {
        var text = new StringBuilder();
        for (var key = context.ReadKey(); !IsEnd(key); key = context.ReadKey())
        {
            if (key.KeyChar is ControlC)
            {
                throw CliException.Failed("Interrupted. Nothing was changed.");
            }

            if (key.Key is ConsoleKey.Backspace)
            {
                Echo(isShown && text.Length > 0, "\b \b");
                text.Length = Math.Max(0, text.Length - 1);
            }
            else if (key.KeyChar != '\0' && text.Length <= MostCharacters)
            {
                text.Append(key.KeyChar);
                Echo(isShown && !char.IsControl(key.KeyChar), key.KeyChar.ToString());
            }
        }

        return text.Length <= MostCharacters ? text.ToString()
            : throw CliException.Usage(
                $"More than {MostCharacters / 1024} KiB came from the prompt: no key is so long. Nothing was changed.");
    }

    // What is left of a paste would go to the shell, which would run it and keep it in its history.
    private bool IsMorePasted()
    {
        var isMore = false;
        while (context.IsKeyWaiting())
        {
            isMore |= !char.IsWhiteSpace(context.ReadKey().KeyChar);
        }

        return isMore;
    }

    private void Echo(bool isShown, string text)
    {
        if (isShown)
        {
            context.Error.Write(text);
            context.Error.Flush();
        }
    }

    private static bool IsEnd(ConsoleKeyInfo key) => key.Key is ConsoleKey.Enter || key.KeyChar is '\r' or '\n' or ControlD;
}
