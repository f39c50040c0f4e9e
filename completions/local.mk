# Shell completions, each under the name that its shell looks for.

COMPLETIONS = \
	completions/assay.bash \
	completions/assay.fish \
	completions/assay.zsh

EXTRA_DIST += $(COMPLETIONS)

install-data-local:
	@for file in $(COMPLETIONS); do \
		case $$file in \
		*.bash) to='$(DESTDIR)$(bashcompdir)/assay' ;; \
		*.zsh) to='$(DESTDIR)$(zshcompdir)/_assay' ;; \
		*.fish) to='$(DESTDIR)$(fishcompdir)/assay.fish' ;; \
		esac; \
		$(MKDIR_P) "`dirname "$$to"`" && $(INSTALL_DATA) '$(srcdir)'/$$file "$$to" || exit 1; \
	done

uninstall-local:
	rm -f '$(DESTDIR)$(bashcompdir)/assay' '$(DESTDIR)$(zshcompdir)/_assay' \
		'$(DESTDIR)$(fishcompdir)/assay.fish'
