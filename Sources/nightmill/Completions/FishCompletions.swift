/// Completions for fish, with what each command and flag does.
enum FishCompletions {
  /// The script that fish reads.
  static func script(_ commands: [Command]) -> String {
    var text = """
      # fish completion for nightmill, made by `nightmill completions fish`

      # Prints the command that is typed, if any.
      function __nightmill_command
          set -l words (commandline -opc)
          set -e words[1]
          while set -q words[1]
              if test "$words[1]" = --project
                  set -e words[1]
              else if not string match -q -- '-*' $words[1]
                  echo $words[1]
                  return
              end
              set -e words[1]
          end
      end

      # Whether a command is typed: one of the names, or none where no name is given.
      function __nightmill_at
          set -l command (__nightmill_command)
          if not set -q argv[1]
              test -z "$command"
          else
              contains -- "$command" $argv
          end
      end

      # Names that the project has, with what they are: stages may be marked with a plus.
      function __nightmill_names
          set -l project
          set -l words (commandline -opc)
          set -l at (contains -i -- --project $words); and set project --project $words[(math $at + 1)]
          set -l mark ''
          if test $argv[1] = stages; and string match -q -- '+*' (commandline -ct)
              set mark +
          end
          for line in (nightmill $project list $argv[1] 2>/dev/null)
              set -l parts (string split -m 1 ' ' -- $line)
              echo $mark$parts[1]\\t(string trim -- $parts[2])
          end
      end

      complete -c nightmill -f
      complete -c nightmill -n __nightmill_at -l help -d 'this, or the help of a command'
      complete -c nightmill -n __nightmill_at -l version -d 'the version'
      complete -c nightmill -n __nightmill_at -l project -xa '(__fish_complete_directories)' -d 'the folder that holds Pipelines/'
      complete -c nightmill -n __nightmill_at -a help -d 'the help of a command'

      """
    for command in commands {
      text += "complete -c nightmill -n __nightmill_at -a \(command.name) "
      text += "-d \(quoted(command.summary))\n"
      text += "complete -c nightmill -n '__nightmill_at help' -a \(command.name) "
      text += "-d \(quoted(command.summary))\n"
    }
    for command in commands { text += self.command(command) }
    return text
  }

  private static func command(_ command: Command) -> String {
    let start = "complete -c nightmill -n '__nightmill_at \(command.name)'"
    var text = "\n"
    if let positional = command.positional {
      let action = action(positional.completes)
      if !action.isEmpty { text += "\(start)\(action)\n" }
    }
    for flag in command.flags {
      // -x: a value is needed, and it is no file.
      let need = flag.completes == .files ? " -r" : " -x"
      let value = flag.value == nil ? "" : need + action(flag.completes)
      text += "\(start) -l \(flag.name)\(value) -d \(quoted(flag.summary))\n"
    }
    return text + "\(start) -l help -d 'what the command does'\n"
  }

  private static func action(_ completion: Completion) -> String {
    switch completion {
    case .nothing: ""
    case .words(let words): " -a \(quoted(words.joined(separator: " ")))"
    case .names(let kind): " -a '(__nightmill_names \(kind.rawValue))'"
    case .files: " -F"
    case .folders: " -a '(__fish_complete_directories)'"
    }
  }

  private static func quoted(_ text: String) -> String {
    let plain = text.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
    return "'\(plain)'"
  }
}
