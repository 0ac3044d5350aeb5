/// Completions for zsh, with what each command and flag does.
enum ZshCompletions {
  /// The script that zsh reads, as the file `_nightmill` of its fpath or sourced after compinit.
  static func script(_ commands: [Command]) -> String {
    """
    #compdef nightmill
    # zsh completion for nightmill, made by `nightmill completions zsh`

    # Offers names that the project has, with what they are: stages may be marked with a plus.
    _nightmill_names() {
      local -a lines names project
      local line mark= folder=${opt_args[--project]:-$leading_project}
      [[ $1 == stages && $PREFIX == +* ]] && mark=+
      [[ -n $folder ]] && project=(--project ${(Q)folder})
      lines=(${(f)"$(nightmill $project list $1 2>/dev/null)"})
      for line in $lines; do
        names+=("$mark${line%% *}:${${line#* }## #}")
      done
      _describe -t $1 $1 names
    }

    _nightmill_commands() {
      local -a commands=(
    \(commands.map { "    \(quoted("\($0.name):\($0.summary)"))" }.joined(separator: "\n"))
        'help:the help of a command'
      )
      _describe -t commands command commands
    }

    _nightmill() {
      local curcontext=$curcontext state leading_project
      local -A opt_args
      _arguments -C \\
        '--help[this, or the help of a command]' '--version[the version]' \\
        '--project=[the folder that holds Pipelines/]:DIR:_files -/' \\
        '1:command:_nightmill_commands' '*::argument:->arguments' && return
      [[ $state == arguments ]] || return 1
      # The command's own arguments take the place of these.
      leading_project=${opt_args[--project]}
      case $words[1] in
      help) _arguments '1:command:_nightmill_commands' ;;
    \(commands.map(command).joined(separator: "\n"))
      esac
    }

    if [[ $funcstack[1] == _nightmill ]]; then
      _nightmill "$@"
    else
      compdef _nightmill nightmill
    fi

    """
  }

  private static func command(_ command: Command) -> String {
    var specs = command.flags.map { flag in
      let start = flag.isRepeatable ? "*" : ""
      let name = flag.value == nil ? "--\(flag.name)" : "--\(flag.name)="
      let value = flag.value.map { ":\(escaped($0)):\(action(flag.completes))" } ?? ""
      return quoted("\(start)\(name)[\(escaped(flag.summary))]\(value)")
    }
    specs.append("'--help[what the command does]'")
    if let positional = command.positional {
      let place = positional.count.upperBound > 1 ? "*" : "1"
      specs.append(quoted("\(place):\(positional.name):\(action(positional.completes))"))
    }
    let joined = specs.joined(separator: " \\\n      ")
    return "  \(command.name))\n    _arguments \\\n      \(joined)\n    ;;"
  }

  private static func action(_ completion: Completion) -> String {
    switch completion {
    case .nothing: " "
    case .words(let words): "(\(words.joined(separator: " ")))"
    // A space in front: called as it stands, without zsh's own options.
    case .names(let kind): " _nightmill_names \(kind.rawValue)"
    case .files: "_files"
    case .folders: "_files -/"
    }
  }

  /// Text inside a spec, where brackets and colons mean something.
  private static func escaped(_ text: String) -> String {
    ["\\", "[", "]", ":"].reduce(text) { $0.replacing($1, with: "\\\($1)") }
  }

  private static func quoted(_ text: String) -> String {
    "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
