"""Hash exchanges: lists that their owners change day by day. Each module has a ``create`` that the settings' options are given to.

``ncmec``, ``stopncii``, ``threatexchange`` and ``tat`` talk through the clients of the package ``threatexchange``, which only the modules
named ``..._client`` import; ``local`` reads a file of this machine and needs nothing.
"""
