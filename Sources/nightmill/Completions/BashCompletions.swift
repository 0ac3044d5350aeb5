/// Completions for bash 4 and later; they need no package of completions.
enum BashCompletions {
  /// The script that bash reads.
  static func script(_ commands: [Command]) -> String {
    let names = commands.map(\.name) + ["help"]
    return """
      # bash completion for nightmill, made by `nightmill completions bash`

      # Offers the words of a list that begin with what is typed.
      _nightmill_words() {
        local IFS=$'\\n'
        COMPREPLY=($(compgen -W "$1" -- "$cur"))
      }

      # Offers names that the project has: stages may be marked with a plus.
      _nightmill_names() {
        local mark= names
        [[ $1 == stages && $cur == +* ]] && mark=+
        names=$(nightmill ${project:+--project "$project"} list "$1" 2>/dev/null |
          while read -r name _; do printf '%s\\n' "$mark$name"; done)
        _nightmill_words "$names"
      }

      _nightmill_paths() {
        local IFS=$'\\n'
        compopt -o filenames 2>/dev/null
        COMPREPLY=($(compgen "$1" -- "$cur"))
      }

      _nightmill() {
        local cur=${COMP_WORDS[COMP_CWORD]} previous= command= project= index word
        COMPREPLY=()
        ((COMP_CWORD > 0)) && previous=${COMP_WORDS[COMP_CWORD - 1]}
        # bash takes --flag=value for three words.
        if [[ $cur == = ]]; then
          cur=
        elif [[ $previous == = ]] && ((COMP_CWORD > 1)); then
          previous=${COMP_WORDS[COMP_CWORD - 2]}
        fi
        for ((index = 1; index < COMP_CWORD; index++)); do
          word=${COMP_WORDS[index]}
          if [[ $word == --project ]]; then
            ((index++))
            [[ ${COMP_WORDS[index]} == = ]] && ((index++))
            ((index < COMP_CWORD)) && project=${COMP_WORDS[index]}
          elif [[ $word != -* && -z $command ]]; then
            command=$word
          fi
        done
        if [[ $previous == --project ]]; then
          _nightmill_paths -d
          return
        fi
        case $command in
        '')
          if [[ $cur == -* ]]; then
            _nightmill_words $'--help\\n--project\\n--version'
          else
            _nightmill_words \(lines(names))
          fi
          ;;
        help) _nightmill_words \(lines(commands.map(\.name))) ;;
      \(commands.map(command).joined(separator: "\n"))
        esac
      }

      complete -F _nightmill nightmill

      """
  }

  private static func command(_ command: Command) -> String {
    var text = "  \(command.name))\n    case $previous in\n"
    for flag in command.flags where flag.value != nil && flag.name != "project" {
      let action = action(flag.completes)
      text += "    --\(flag.name))\(action.isEmpty ? "" : " \(action);") return ;;\n"
    }
    text += "    esac\n"
    let flags = (command.flags.map { "--\($0.name)" } + ["--help"]).sorted()
    text += "    if [[ $cur == -* ]]; then\n      _nightmill_words \(lines(flags))\n"
    if let positional = command.positional {
      let action = action(positional.completes)
      if !action.isEmpty { text += "    else\n      \(action)\n" }
    }
    return text + "    fi\n    ;;"
  }

  private static func action(_ completion: Completion) -> String {
    switch completion {
    case .nothing: ""
    case .words(let words): "_nightmill_words \(lines(words))"
    case .names(let kind): "_nightmill_names \(kind.rawValue)"
    case .files: "_nightmill_paths -f"
    case .folders: "_nightmill_paths -d"
    }
  }

  /// Words as bash writes lines; none has a quote or backslash.
  private static func lines(_ words: [String]) -> String {
    "$'\(words.joined(separator: "\\n"))'"
  }
}
